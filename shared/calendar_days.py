"""What a working calendar is made of: hours of a day, announced days and notices, and what it answers with.

Use them through :mod:`shared.calendar`, which explains how they fit together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

MINUTES = 24 * 60
_TIME = re.compile(r"([0-9]{1,2}):([0-5][0-9])")

Kind = Literal["weekday", "weekend", "holiday", "make_up", "override"]


@dataclass(frozen=True, slots=True, order=True)
class Hours:
    """One interval of a local day, in minutes since midnight, end exclusive; 1440 is 24:00."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= MINUTES:
            raise ValueError(f"hours run forward within one day, not {self}; split a night shift at 24:00")

    @classmethod
    def parse(cls, text: str) -> Hours:
        """``"09:00-12:00"`` or ``"00:00-24:00"``. Raises ValueError for anything else."""
        start, dash, end = text.partition("-")
        if not dash:
            raise ValueError(f"hours look like 09:00-12:00, not {text!r}")
        return cls(_minutes(start), _minutes(end))

    def __str__(self) -> str:
        return f"{self.start // 60:02d}:{self.start % 60:02d}-{self.end // 60:02d}:{self.end % 60:02d}"


def _minutes(text: str) -> int:
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"a time of day looks like 09:00, not {text!r}")
    return int(found[1]) * 60 + int(found[2])


def hours(*texts: str) -> tuple[Hours, ...]:
    """The intervals of one day as people write them. Raises ValueError when one is malformed or two overlap."""
    return ordered(Hours.parse(text) for text in texts)


def ordered(intervals: Iterable[Hours]) -> tuple[Hours, ...]:
    """The intervals of one day, sorted. Raises ValueError when two overlap."""
    found = tuple(sorted(intervals))
    for earlier, later in zip(found, found[1:], strict=False):
        if later.start < earlier.end:
            raise ValueError(f"the intervals {earlier} and {later} overlap")
    return found


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day an authority announced: ``off`` a holiday, otherwise a make-up day that is worked."""

    off: bool
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What was announced for one year; its days may reach a little into the neighbouring years."""

    year: int
    days: Mapping[date, SpecialDay]


@dataclass(frozen=True, slots=True)
class Day:
    """What a calendar says of one date: why it counts or not, and whether that may still change."""

    date: date
    kind: Kind
    hours: tuple[Hours, ...]
    zh: str
    en: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """An interval of working time that was counted, in UTC, end exclusive, with the day it belongs to."""

    start: datetime
    end: datetime
    day: Day

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.end - self.start


OFFICE = hours("09:00-12:00", "13:30-18:00")
OFFICE_WEEK: tuple[tuple[Hours, ...], ...] = (OFFICE,) * 5 + ((),) * 2
ROUND_THE_CLOCK: tuple[tuple[Hours, ...], ...] = (hours("00:00-24:00"),) * 7
