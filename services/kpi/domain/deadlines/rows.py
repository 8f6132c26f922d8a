"""What a row of the tables is, and the readings that many rows share."""

from __future__ import annotations

from dataclasses import dataclass

from services.kpi.domain.deadlines.dates import Times
from services.kpi.domain.deadlines.limits import Gate, Given, Limit, Prompt
from services.kpi.domain.numbers import Text


@dataclass(frozen=True, slots=True)
class Row:
    """One time limit of the catalogue."""

    row: str
    template: str
    clock: str
    title: Text
    limit: Limit


def row(number: int, template: str, clock: str, zh: str, en: str, limit: Limit) -> Row:
    """A line of a table; 7 is B-007."""
    return Row(f"B-{number:03d}", template, clock, Text(zh, en), limit)


PROMPT = Prompt(
    Text("及时（文件未规定时限，可用参数约定）", "promptly (no number in the document; a parameter may set one)")
)
PARAMETER = Prompt(Text("按约定时限（参数）", "within the agreed limit (a parameter)"))
PERIODIC = Prompt(Text("定期（周期由参数约定）", "periodically (a parameter sets how often)"))
NO_TIME = Gate(Text("无时限", "no time limit"))
STEP = Given("deadline", Text("按各环节约定的时限", "by the limit set for the step"))

_UNITS = {
    "day": ("每日", "a day"),
    "week": ("每周", "a week"),
    "month": ("每月", "a month"),
    "quarter": ("每季度", "a quarter"),
    "half": ("每半年", "a half-year"),
    "year": ("每年", "a year"),
}


def often(times: int, unit: str) -> Times:
    """At least so many times in each period."""
    zh, en = _UNITS[unit]
    count = {1: "once", 2: "at least twice"}[times]
    return Times(times, unit, Text(f"{zh}{'1次' if times == 1 else f'至少{times}次'}", f"{count} {en}"))
