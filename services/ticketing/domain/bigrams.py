"""Search words of a text, without a dictionary: pairs of Chinese characters, and Latin words and numbers as they are.

What is stored and what is asked go through the same normal form: 三号楼, ３号楼 and 3号楼 are one thing. A query is
made of words that hold only letters, digits, hyphens and Chinese characters, each quoted: nothing that somebody
types is ever read as an operator of ``tsquery``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

#: The longest text whose words are kept; what a person writes by hand is far below it.
LONGEST: Final = 6000
#: Words of one query; what stands behind them would not make the answer better.
MOST_WORDS: Final = 24
#: A shorter number is meant as it is typed.
SHORTEST_BEGINNING: Final = 3
#: The longest Latin word or number kept whole; longer ones are found by their beginning.
LONGEST_WORD: Final = 40

_DIGITS: Final = {
    **dict(zip("〇零一二三四五六七八九", (0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9), strict=True)),
    **dict(zip("壹贰叁肆伍陆柒捌玖两", (1, 2, 3, 4, 5, 6, 7, 8, 9, 2), strict=True)),
    **dict(zip("貳參陸", (2, 3, 6), strict=True)),
}
_TENS: Final = "十拾"
_HUNDREDS: Final = "百佰"
_NUMERAL: Final = "".join(_DIGITS) + _TENS + _HUNDREDS
#: A numeral is read as one only before what is counted with it in an address: 一 in 一直漏水 is no number.
_COUNTED: Final = re.compile(f"([{_NUMERAL}]+)(?=[号號栋棟幢座单單层層楼樓室户戶期区區])")
_CJK: Final = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_RUNS: Final = re.compile(f"[a-z0-9]+(?:[-_/.#][a-z0-9]+)*|[{_CJK}]+")
_PARTS: Final = re.compile(r"[a-z]+|[0-9]+")


def _value(numeral: str) -> str:
    """三 -> 3, 十二 -> 12, 二十三 -> 23, 一百零五 -> 105, 一二〇三 -> 1203."""
    if not any(c in _TENS + _HUNDREDS for c in numeral):
        return "".join(str(_DIGITS[c]) for c in numeral)
    total, held = 0, None
    for c in numeral:
        if c in _DIGITS:
            held = _DIGITS[c]
            continue
        unit = 10 if c in _TENS else 100
        total += (1 if held is None else held) * unit
        held = None
    return str(total + (held or 0))


def normal(text: str) -> str:
    """The form in which texts are compared: NFKC (full-width forms), small letters, numerals of addresses as digits."""
    folded = unicodedata.normalize("NFKC", text[:LONGEST]).lower()
    return _COUNTED.sub(lambda found: _value(found[1]), folded)


def number_form(text: str) -> str:
    """A number as it is compared with those people read: ``r20250307-0012``, ``3-2-501``; empty when it is none."""
    bare = re.sub(r"\s+", "", normal(text))
    bare = re.sub(r"[_/.#—–]", "-", bare)
    return bare if re.fullmatch(r"[a-z]{0,4}[0-9][a-z0-9-]*", bare) and len(bare) <= LONGEST_WORD else ""


def _latin(run: str) -> list[str]:
    """A word or number and its parts: 0012 finds R20250307-0012, and 501 finds 3-2-501."""
    whole = re.sub(r"[_/.#]", "-", run)[:LONGEST_WORD]
    parts = [p for piece in whole.split("-") for p in (piece, *_PARTS.findall(piece))]
    return [whole, *parts]


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)]


def words(*texts: str | None) -> list[str]:
    """The words under which texts are found, sorted and each once.

    Of a run of Chinese characters every pair, and the last character alone: so a single character is found as the
    beginning of a pair or as the end of a run.
    """
    found: set[str] = set()
    for text in texts:
        for run in _RUNS.findall(normal(text or "")):
            if run[0].isascii():
                found.update(_latin(run))
            else:
                found.update((*_pairs(run), run[-1]))
    return sorted(found)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for: each word whole, or the beginning of one."""

    whole: tuple[str, ...]
    begins: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.whole or self.begins)


def asked(text: str) -> Asked:
    """The words of a query. All of them have to be there; Latin words and numbers may go on, as they are typed."""
    whole: dict[str, None] = {}
    begins: dict[str, None] = {}
    for run in _RUNS.findall(normal(text)):
        if len(whole) + len(begins) >= MOST_WORDS:
            break
        if run[0].isascii():
            word = re.sub(r"[_/.#]", "-", run)[:LONGEST_WORD]
            # 漏水3 means the third leak, not everything on the third floor.
            (whole if word.isdigit() and len(word) < SHORTEST_BEGINNING else begins)[word] = None
        elif len(run) == 1:
            begins[run] = None
        else:
            whole.update(dict.fromkeys(_pairs(run)[:MOST_WORDS]))
    return Asked(tuple(whole), tuple(begins))


def tsquery(query: Asked, prefix: str = "") -> str:
    """The query as the text of a ``tsquery``: every word quoted, all demanded. ``prefix`` stands before each."""
    terms = [_quoted(prefix + word) for word in query.whole]
    terms += [_quoted(prefix + word) + ":*" for word in query.begins]
    return " & ".join(terms)


def _quoted(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def lexemes(found: Iterable[str], prefix: str = "") -> list[str]:
    """Words as they are stored, ``prefix`` before each: it keeps organisations apart inside one index."""
    return [prefix + word for word in found]


def digits_of(text: str) -> str:
    """The digits of something that looks like a phone number or the end of one (4 or more), else empty."""
    bare = re.sub(r"[\s()\-+]", "", normal(text))
    return bare if re.fullmatch(r"[0-9]{4,15}", bare) else ""


def tails(phone: str | None) -> list[str]:
    """The ends of a phone number by which it is found: the last 4 digits up to all of them."""
    digits = re.sub(r"\D", "", phone or "")
    return [digits[-n:] for n in range(4, len(digits) + 1)]
