"""Direct debit (托收): the file to the bank, the bank's answer, and how they are compared.

Both files are CSV in UTF-8 with lines ended by CR LF, amounts in yuan with two decimals, days as ``20250331``.

Out: ``H,1,<run>,<collect on>,<lines>,<total>``, then per collection ``D,<line>,<mandate>,<bank>,<account>,<holder>,
<amount>``, then ``T,<lines>,<total>,<hash>``: the SHA-256, in hex, of everything before the T line.

In: ``H,1,<run>,<day>``, then per collection ``R,<line>,<amount>,<code>,<value day>,<bank's number>``, then
``T,<lines>,<total of what was accepted>``. Code ``00`` is accepted; the others are in `CODES`.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

ACTIVE, DECLINED, ENDED = "active", "declined", "ended"
SENT, ACCEPTED, REFUSED, BOOKED = "sent", "accepted", "refused", "booked"
ANSWERED, DONE = "answered", "done"

ACCEPT: Final = "00"
CODES: Final[Mapping[str, Mapping[str, str]]] = {
    "01": {"zh": "余额不足", "en": "too little money"},
    "02": {"zh": "账户已销户", "en": "account closed"},
    "03": {"zh": "账号或户名不符", "en": "account or holder is wrong"},
    "04": {"zh": "无托收协议", "en": "no agreement at the bank"},
    "05": {"zh": "账户冻结", "en": "account frozen"},
    "99": {"zh": "其他原因", "en": "another reason"},
}

UNKNOWN_LINE, AMOUNT, CHANGED, MISSING, TOTAL = "unknown_line", "amount", "changed", "missing", "total"


@dataclass(frozen=True, slots=True)
class Collection:
    """A line to the bank."""

    line: int
    mandate: str
    bank: str
    account: str
    holder: str
    fen: int


@dataclass(frozen=True, slots=True)
class Result:
    """A line of the bank's answer."""

    line: int
    fen: int
    code: str
    value_on: date | None
    reference: str


@dataclass(frozen=True, slots=True)
class Ours:
    """What a line of ours is now."""

    fen: int
    state: str
    code: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the bank's answer and our file differ."""

    kind: str
    line: int
    ours: str
    theirs: str


class Unreadable(ValueError):
    """An answer that is not one; ``line`` is its line in the file, from 1."""

    def __init__(self, line: int, zh: str, en: str) -> None:
        super().__init__(en)
        self.line, self.zh, self.en = line, zh, en


def yuan(fen: int) -> str:
    """Fen as the files write them."""
    return f"{fen // 100}.{fen % 100:02d}"


def mask(account: str) -> str:
    """An account as it is shown: its first four and its last four."""
    return f"{account[:4]}****{account[-4:]}" if len(account) > 8 else "****"


def file_out(run: str, collect_on: date, lines: Sequence[Collection]) -> str:
    """The file to the bank; the same lines are the same file."""
    total = yuan(sum(item.fen for item in lines))
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(["H", "1", run, f"{collect_on:%Y%m%d}", len(lines), total])
    for item in lines:
        writer.writerow(["D", item.line, item.mandate, item.bank, item.account, item.holder, yuan(item.fen)])
    body = buffer.getvalue()
    return f"{body}T,{len(lines)},{total},{hashlib.sha256(body.encode()).hexdigest()}\r\n"


def file_in(text: str) -> tuple[str, list[Result], list[Difference]]:
    """The run and the results in an answer, and what its own totals do not agree with.

    Raises:
        Unreadable: not an answer, with the line of the file.
    """
    run, results, found, ended = "", [], [], False
    try:
        rows = list(enumerate(csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), strict=True), 1))
    except csv.Error as problem:
        raise Unreadable(1, "不是 CSV 文件。", "Not a CSV file.") from problem
    for number, row in rows:
        try:
            if not row:
                continue
            if row[0] == "H" and number == 1 and row[1] == "1":
                run = row[2]
            elif row[0] == "R" and run and not ended:
                results.append(_result(row))
            elif row[0] == "T" and run and not ended:
                ended = True
                theirs = (int(row[1]), _fen(row[2]))
                ours = (len(results), sum(r.fen for r in results if r.code == ACCEPT))
                if theirs != ours:
                    found.append(Difference(TOTAL, 0, f"{ours[0]}/{yuan(ours[1])}", f"{theirs[0]}/{yuan(theirs[1])}"))
            else:
                raise ValueError(row[0])
        except (ValueError, IndexError) as problem:
            zh, en = "此行无法识别，请核对文件格式。", "This line is not of an answer."
            raise Unreadable(number, zh, en) from problem
    if not ended:
        raise Unreadable(len(rows), "缺少结尾行（T），文件可能不完整。", "No T line: the file may be cut off.")
    return run, results, found


def _result(row: Sequence[str]) -> Result:
    line, fen, code = int(row[1]), _fen(row[2]), row[3]
    if not 0 < line < 10**9 or code != ACCEPT and not (code.isascii() and code.isalnum() and len(code) <= 10):
        raise ValueError(code)
    value_on = datetime.strptime(row[4], "%Y%m%d").date() if row[4] else None  # noqa: DTZ007  # a local day
    if code == ACCEPT and value_on is None:
        raise ValueError("accepted without a day")
    return Result(line, fen, code, value_on, row[5][:80])


def _fen(text: str) -> int:
    whole, point, part = text.partition(".")
    if not (whole.isascii() and whole.isdigit() and part.isascii() and part.isdigit()) or len(part) != 2 or not point:
        raise ValueError(text)
    if len(whole) > 11:
        raise ValueError(text)
    return int(whole) * 100 + int(part)


def compare(ours: Mapping[int, Ours], results: Sequence[Result]) -> tuple[list[Result], list[Difference]]:
    """Which results are news of lines that agree, and what differs. The same answer again is no news and no difference.

    What differs is not booked: a person looks.
    """
    news: list[Result] = []
    found: list[Difference] = []
    heard: dict[int, str] = {}
    for result in results:
        own = ours.get(result.line)
        if own is None:
            found.append(Difference(UNKNOWN_LINE, result.line, "", result.code))
        elif result.fen != own.fen:
            found.append(Difference(AMOUNT, result.line, yuan(own.fen), yuan(result.fen)))
        else:
            known = heard.get(result.line) or (None if own.state == SENT else own.code)
            if known is None:
                heard[result.line] = result.code
                news.append(result)
            elif known != result.code:
                found.append(Difference(CHANGED, result.line, known, result.code))
    said = {result.line for result in results}
    found += [Difference(MISSING, n, own.state, "") for n, own in ours.items() if own.state == SENT and n not in said]
    return news, found
