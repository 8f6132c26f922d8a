"""Typed template variables: what a template may be given, checked before a word is set.

A template with a missing or mistyped value would reach a thousand owners with a gap in the sentence; here
it is refused with the variable's name. Values are formatted for the reader's language before the template
sees them, so a template contains words and places, never arithmetic.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any, Final

from services.notify.domain.labels import LABELS, label

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Problem:
    """One thing wrong with the values given, in both languages; `name` is the variable."""

    name: str
    zh: str
    en: str


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError
    # One line: a value must not be able to add a header to an e-mail or a line to a notice.
    return " ".join(value.split())


def _lines(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError
    return "\n".join(f"- {' '.join(line.split())}" for line in value.splitlines() if line.strip())


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError
    return value


def _date(value: Any) -> date:
    if isinstance(value, datetime):
        raise ValueError
    return value if isinstance(value, date) else date.fromisoformat(value)


def _instant(value: Any) -> datetime:
    at = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    if at.tzinfo is None:
        raise ValueError
    return at


def _format_text(value: str, locale: str, zone: tzinfo) -> str:
    return value


def _format_count(value: int, locale: str, zone: tzinfo) -> str:
    return str(value)


def _format_money(value: int, locale: str, zone: tzinfo) -> str:
    sign, fen = ("-", -value) if value < 0 else ("", value)
    amount = f"{sign}{fen // 100:,}.{fen % 100:02d}"
    return f"{amount} 元" if locale == "zh" else f"CNY {amount}"


def _format_date(value: date, locale: str, zone: tzinfo) -> str:
    if locale == "zh":
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def _format_instant(value: datetime, locale: str, zone: tzinfo) -> str:
    local = value.astimezone(zone)
    return f"{_format_date(local.date(), locale, zone)} {local:%H:%M}"


_TYPES: Final[Mapping[str, tuple[Callable[[Any], Any], Callable[[Any, str, tzinfo], str], str, str]]] = {
    "text": (_text, _format_text, "一行非空文字", "a non-empty line of text"),
    "lines": (_lines, _format_text, "一行或多行非空文字", "one or more non-empty lines of text"),
    "count": (_whole, _format_count, "整数", "a whole number"),
    "money": (_whole, _format_money, "以分为单位的整数金额", "a whole amount in fen"),
    "date": (_date, _format_date, "日期，如 2025-03-07", "a date such as 2025-03-07"),
    "instant": (
        _instant,
        _format_instant,
        "带时区的时间，如 2025-03-07T01:00:00Z",
        "a time with its zone such as 2025-03-07T01:00:00Z",
    ),
}


@dataclass(frozen=True)
class Variable:
    """A variable as a template declares it.

    `type` is text, lines (a list, one a line), count, money (fen), date, instant (aware), or `label:<group>`
    (a code of that group of domain/labels.py). An optional variable that is not given is empty.
    """

    name: str
    type: str
    optional: bool = False

    def __post_init__(self) -> None:
        group = self.type.removeprefix("label:")
        if self.type not in _TYPES and (group == self.type or group not in LABELS):
            raise ValueError(f"variable {self.name}: unknown type {self.type}")


def formatted(
    variables: Mapping[str, Variable], values: Mapping[str, Any], locale: str, zone: tzinfo
) -> tuple[dict[str, str], list[Problem]]:
    """The values as the reader sees them, and what is wrong with them; usable only when nothing is.

    Amounts are fen, instants are aware and shown in `zone`. A value no variable declares is a problem too:
    it is usually a misspelt name, and would otherwise be silently missing from the message.
    """
    out: dict[str, str] = {}
    problems: list[Problem] = []
    for name, variable in variables.items():
        value = values.get(name)
        if value is None:
            out[name] = ""
            if not variable.optional:
                problems.append(Problem(name, "缺少此变量", "this variable is missing"))
            continue
        if variable.type.startswith("label:"):
            if isinstance(value, str) and value:
                out[name] = label(variable.type.removeprefix("label:"), value, locale)
            else:
                problems.append(Problem(name, "应为代码", "must be a code"))
            continue
        parse, show, zh, en = _TYPES[variable.type]
        try:
            out[name] = show(parse(value), locale, zone)
        except (ValueError, TypeError):
            problems.append(Problem(name, f"应为{zh}", f"must be {en}"))
    problems.extend(
        Problem(name, "模板没有此变量", "the template has no such variable") for name in values if name not in variables
    )
    return out, problems
