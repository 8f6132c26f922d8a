"""When the rounds of a plan of regular calls begin, and what a call on a household comes to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

DUE: Final = "due"
REACHED: Final = "reached"
REFUSED: Final = "refused"
MISSED: Final = "missed"

#: What one try comes to, and the state of the household's call after it.
OUTCOMES: Final[Mapping[str, str]] = {"reached": REACHED, "refused": REFUSED, "no_answer": DUE}

#: The shortest month, so that a round is over before the next begins.
_MONTH: Final = 28


def begins_on(first: date, every_months: int, round: int) -> date:
    """The local day of a round, the first being 1; a day that the month has not is its last (RR9)."""
    index = first.month - 1 + every_months * (round - 1)
    year, month = first.year + index // 12, index % 12 + 1
    after = date(year + month // 12, month % 12 + 1, 1)
    return min(date(year, month, 1) + timedelta(days=first.day - 1), after - timedelta(days=1))


def midnight(day: date, zone: tzinfo) -> datetime:
    """The first instant of a local day, UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def due_at(day: date, due_days: int, zone: tzinfo) -> datetime:
    """The last second of a round that began on a local day."""
    return midnight(day + timedelta(days=due_days), zone) - timedelta(seconds=1)


def fits(every_months: int, due_days: int) -> bool:
    """Whether a round is over before the next begins."""
    return due_days <= every_months * _MONTH
