"""Charge standards as chains of dated versions that never overlap.

A version applies from its first to its last day, both included. A new version ends the open one on the
day before; a period is charged by the version in force on the period's first day, so that a month is
never charged by two rates.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a standard: in force from ``first`` to ``last`` inclusive (``None`` = until replaced)."""

    number: int
    first: date
    last: date | None

    def in_force(self, day: date) -> bool:
        """Whether the version applies on ``day``."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a new version goes: its number, and which open version ends on which day because of it."""

    number: int
    ends: Version | None
    ends_on: date | None


class Overlap(ValueError):
    """The new version would apply on days on which another one already does."""

    def __init__(self, other: Version) -> None:
        super().__init__(f"overlaps version {other.number}")
        self.other = other


class EmptyRange(ValueError):
    """The last day lies before the first."""


def place(chain: Sequence[Version], first: date, last: date | None) -> Placement:
    """Find the place of a new version in the chain of its standard.

    Only an open version that began earlier is ended by a new one; everything else that shares a day is
    an overlap, for a version with an end of its own was agreed to apply until then.

    Raises:
        EmptyRange: ``last`` before ``first``.
        Overlap: shares a day with another version.
    """
    if last is not None and last < first:
        raise EmptyRange("the last day lies before the first")
    ends: Version | None = None
    for version in chain:
        starts_before_its_end = version.last is None or first <= version.last
        ends_after_its_start = last is None or version.first <= last
        if not (starts_before_its_end and ends_after_its_start):
            continue
        if version.last is None and version.first < first:
            ends = version
            continue
        raise Overlap(version)
    number = max((version.number for version in chain), default=0) + 1
    return Placement(number, ends, first - timedelta(days=1) if ends else None)


def in_force(chain: Sequence[Version], day: date) -> Version | None:
    """The version that applies on ``day``, or ``None``."""
    return next((version for version in chain if version.in_force(day)), None)


def due_date(month_start: date, due_day: int) -> date:
    """The due date in a month: a day that does not exist (30 February) is the month's last day (RR9)."""
    last = monthrange(month_start.year, month_start.month)[1]
    return month_start.replace(day=min(due_day, last))
