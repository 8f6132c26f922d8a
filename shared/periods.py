"""Periods as people write them: ``2025``, ``2025-H1``, ``2025-Q1``, ``2025-03``. Local dates, end exclusive."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_SHAPES = (
    (re.compile(r"(\d{4})"), 12),
    (re.compile(r"(\d{4})-H([12])"), 6),
    (re.compile(r"(\d{4})-Q([1-4])"), 3),
    (re.compile(r"(\d{4})-(0[1-9]|1[0-2])"), 1),
)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A year, half, quarter or month: ``months`` long, from the first of ``month`` of ``year``."""

    year: int
    month: int
    months: int

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read ``2025-Q1``, of the years 2 to 9998. Raises ValueError with the accepted shapes."""
        for shape, months in _SHAPES:
            found = shape.fullmatch(text)
            if found and 1 < int(found[1]) < 9999:  # so that its bounds and neighbours are dates
                index = int(found[2]) if months < 12 else 1
                return cls(int(found[1]), (index - 1) * months + 1, months)
        raise ValueError(f"a period looks like 2025, 2025-H1, 2025-Q1 or 2025-03, not {text!r}")

    @property
    def start(self) -> date:
        """The first day."""
        return date(self.year, self.month, 1)

    @property
    def end(self) -> date:
        """The day after the last one."""
        return _shift(self.start, self.months)

    def bounds(self, zone: tzinfo) -> tuple[datetime, datetime]:
        """The half-open interval of instants, aware UTC, that the period covers in ``zone``."""
        return _midnight(self.start, zone), _midnight(self.end, zone)

    def contains(self, day: date) -> bool:
        """Whether a local date lies in it."""
        return self.start <= day < self.end

    def previous(self) -> Period:
        """The period of the same length before it."""
        start = _shift(self.start, -self.months)
        return Period(start.year, start.month, self.months)

    def next(self) -> Period:
        """The period of the same length after it."""
        return Period(self.end.year, self.end.month, self.months)

    def year_before(self) -> Period:
        """The same period of the year before."""
        return Period(self.year - 1, self.month, self.months)

    def split(self, months: int) -> Iterator[Period]:
        """Its parts of ``months`` months each."""
        for offset in range(0, self.months, months):
            start = _shift(self.start, offset)
            yield Period(start.year, start.month, months)

    def __str__(self) -> str:
        if self.months == 12:
            return f"{self.year:04d}"
        if self.months == 6:
            return f"{self.year:04d}-H{(self.month - 1) // 6 + 1}"
        if self.months == 3:
            return f"{self.year:04d}-Q{(self.month - 1) // 3 + 1}"
        return f"{self.year:04d}-{self.month:02d}"


def _shift(first: date, months: int) -> date:
    index = first.year * 12 + first.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def quarter_of(day: date) -> Period:
    """The natural quarter a local date lies in."""
    return Period(day.year, (day.month - 1) // 3 * 3 + 1, 3)


def month_of(day: date) -> Period:
    """The month a local date lies in."""
    return Period(day.year, day.month, 1)


Span = tuple[date, date | None]
"""The first and the last local day of something; None: it still holds."""


def unbroken_since(spans: Iterable[Span], today: date) -> date | None:
    """The first day of the time without a break up to today; None where nothing holds today.

    Of somebody's relations to a unit: an owner who was family before keeps what they saw then; one who moved out and
    came back does not reach what the household in between reported.
    """
    begun = sorted((span for span in spans if span[0] <= today), key=lambda span: span[0], reverse=True)
    holding = [since for since, until in begun if until is None or until >= today]
    if not holding:
        return None
    first = min(holding)
    for since, until in begun:
        if since < first and until is not None and first - until <= timedelta(days=1):
            first = since
    return first
