"""Promises as they stood at a past moment, read back from what was written in the history of a case.

A clock's row says how it stands now. Each change of it left a line with the moment at which it was recorded, so that
"as of" shows what was believed then, not what later records made of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from services.ticketing.domain.clocks import Clock, State, fire_at, whole
from services.ticketing.domain.limits import Limit

PREFIX: Final = "clock."
WARNED: Final = "clock.warned"
_STATES: Final[Mapping[str, State]] = {
    "clock.started": "running",
    "clock.replanned": "running",
    "clock.met": "met",
    "clock.breached": "breached",
    "clock.breach_withdrawn": "withdrawn",
    "clock.cancelled": "cancelled",
}


@dataclass(frozen=True, slots=True)
class Told:
    """A line of history: what happened when, and when it was recorded."""

    id: UUID
    action: str
    occurred_at: datetime
    recorded_at: datetime
    late_reason: str | None
    public: bool
    data: Mapping[str, Any]

    @property
    def of_clock(self) -> bool:
        """Whether it tells of a promise, a warning of it aside."""
        return self.action in _STATES


def at(told: Mapping[str, Any], name: str) -> datetime | None:
    """An instant out of a line's data."""
    raw = told.get(name)
    return None if raw is None else datetime.fromisoformat(str(raw))


def concerns(told: Told, code: str, subject_id: UUID) -> bool:
    """Whether a line is about this clock; one that names no subject is about the case itself, or, as lines of former
    times are, about whichever call or step had the code then."""
    if not told.action.startswith(PREFIX) or told.data.get("clock") != code:
        return False
    named = told.data.get("subject_id")
    return named is None or UUID(str(named)) == subject_id


def known_at(lines: Sequence[Told], happened_at: datetime | None, moment: datetime) -> bool:
    """Whether it was on record at a moment that something was done at `happened_at`."""
    return happened_at is not None and any(
        line.recorded_at <= moment and whole(line.occurred_at) == whole(happened_at) for line in lines
    )


def as_of(
    clock: Clock, created_at: datetime, own: Sequence[Told], lines: Sequence[Told], moment: datetime
) -> tuple[Clock, datetime] | None:
    """A clock as it stood at a moment, with when it had come to that; None where it did not run yet.

    own: the lines about this clock, in the order of recording; lines: all of the case.
    """
    if created_at > moment:
        return None
    changes = [line for line in own if line.of_clock]
    known = [line for line in changes if line.recorded_at <= moment]
    later = [line for line in changes if line.recorded_at > moment]
    if not later and not known:
        # Decided as it was stored, without a line of its own.
        return clock, created_at
    warned = [line.data.get("percent", 0) for line in own if line.action == WARNED and line.recorded_at <= moment]
    first = later[0].data if later else {}
    due = _due(clock, known, first)
    limit = first.get("was_limit")
    found = replace(
        clock,
        due_at=due,
        warned=max(warned, default=0),
        limit=Limit.parse(str(limit)) if limit and limit != "None" else clock.limit,
    )
    last = known[-1] if known else None
    state: State = "running" if last is None else _STATES[last.action]
    met_at = None if last is None else at(last.data, "met_at")
    if met_at is None and known_at(lines, clock.met_at, moment):
        met_at = clock.met_at
    return (
        replace(
            found,
            state=state,
            met_at=None if state in ("running", "cancelled") else met_at,
            breached_at=fire_at(due) if state == "breached" else None if state == "running" else clock.breached_at,
        ),
        created_at if last is None else last.recorded_at,
    )


def _due(clock: Clock, known: Sequence[Told], first_later: Mapping[str, Any]) -> datetime:
    if known:
        return at(known[-1].data, "due_at") or clock.due_at
    return at(first_later, "was_due_at") or at(first_later, "due_at") or clock.due_at


def learned(lines: Sequence[Told], moment: datetime) -> list[Told]:
    """What was recorded later and changes what was believed at a moment: what became of promises, and deeds that had
    been done by then."""
    return [
        line
        for line in lines
        if line.recorded_at > moment
        and (line.of_clock or (not line.action.startswith(PREFIX) and line.occurred_at <= moment))
    ]
