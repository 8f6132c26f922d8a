"""One question about a time limit, answered from the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.kpi.domain.deadlines.limits import Told, shown
from services.kpi.domain.deadlines.rows import Row
from services.kpi.domain.deadlines.table import ROWS
from services.kpi.domain.letters import LetterError
from services.kpi.domain.numbers import Text
from services.kpi.domain.times import SHANGHAI
from shared.calendar import WorkingCalendar


@dataclass(frozen=True, slots=True)
class Asked:
    """Which promise (id or row number), since when, and what was done."""

    clock: str
    template: str | None
    trigger_at: str
    done_at: Sequence[str] | None
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """Until when, and whether it was met."""

    row: str
    clock: str
    due_from: str | None
    deadline: str | None
    met: bool | None
    explanation: Text


def row_of(clock: str, template: str | None) -> Row | None:
    """The row of a clock; a template decides between rows of one id."""
    for row in ROWS:
        if clock in (row.clock, row.row) and template in (None, row.template):
            return row
    return None


def answer(asked: Asked, calendar: WorkingCalendar) -> Answer | None:
    """The answer, or None for a clock that is not in the table. Raises LetterError for what cannot be read."""
    row = row_of(asked.clock, asked.template)
    if row is None:
        return None
    try:
        found = row.limit.find(Told(asked.trigger_at, asked.done_at, asked.parameters, SHANGHAI, calendar))
    except OverflowError:
        raise LetterError("trigger_at", "日期超出范围", "the date is out of range") from None
    due = shown(found.deadline)
    until = Text("", "") if due is None else Text(f"，截止{due}", f", until {due}")
    state = {
        True: Text("，已按时完成", ": met"),
        False: Text("，未按时完成", ": not met"),
        None: Text("", ""),
    }[found.met]
    return Answer(
        row.row,
        row.clock,
        shown(found.due_from),
        due,
        found.met,
        Text(
            f"{row.title.zh}:{found.how.zh}{until.zh}{state.zh}。",
            f"{row.title.en}: {found.how.en}{until.en}{state.en}.",
        ),
    )
