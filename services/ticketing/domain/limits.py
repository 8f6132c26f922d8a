"""How long a promise may take, and the one computation from which its due time and its explanation both come.

A limit is an amount of a unit. ``wall`` counts every second; ``working_hours`` counts the seconds a working calendar is
open; ``working_days`` counts whole days, the first being the next working day, up to 24:00 of the last (AMB-054);
``agreed`` is an instant people agreed on, kept as the wall time until then. Pauses are taken out of all of them: as
time where time is counted, and of working days each one whose working time stood still for half or more.

:func:`stretches` says what counts, in order and without end; :func:`reckon` takes of it until the amount is used up. So
a deadline is by construction the sum of what is shown to have counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import Final, Literal

from shared.calendar import Day, WorkingCalendar

Unit = Literal["wall", "working_hours", "working_days", "agreed"]
How = Literal["counted", "paused", "closed"]

SECOND: Final = timedelta(seconds=1)
_END: Final = datetime(9990, 1, 1, tzinfo=UTC)
#: Whoever asks for more working days than this has mistyped; it also bounds every search.
MOST_DAYS: Final = 400
MOST_SECONDS: Final = MOST_DAYS * 86_400


@dataclass(frozen=True, slots=True)
class Limit:
    """An amount: days of ``working_days``, seconds of every other unit."""

    unit: Unit
    amount: int

    def __str__(self) -> str:
        return f"{self.unit}:{self.amount}"

    @classmethod
    def parse(cls, text: str) -> Limit:
        """The limit that :meth:`__str__` wrote. Raises ValueError."""
        unit, _, amount = text.partition(":")
        if unit not in ("wall", "working_hours", "working_days", "agreed"):
            raise ValueError(f"no such unit: {unit!r}")
        return cls(unit, int(amount))  # type: ignore[arg-type]  # checked on the line above

    @property
    def length(self) -> timedelta:
        """As a duration; a working day counts as the whole day it ends with."""
        return timedelta(days=self.amount) if self.unit == "working_days" else timedelta(seconds=self.amount)

    @property
    def by_calendar(self) -> bool:
        """Whether a working calendar has a say in it."""
        return self.unit in ("working_hours", "working_days")


def wall(**length: int) -> Limit:
    """So much time, day and night: ``wall(minutes=10)``."""
    return Limit("wall", int(timedelta(**length).total_seconds()))


def working_hours(**length: int) -> Limit:
    """So much working time: ``working_hours(hours=4)``."""
    return Limit("working_hours", int(timedelta(**length).total_seconds()))


def working_days(count: int) -> Limit:
    """So many working days, counted from the next one and ended at 24:00 of the last (AMB-054)."""
    return Limit("working_days", count)


@dataclass(frozen=True, slots=True)
class Pause:
    """A time that does not count, ``end`` exclusive; UTC and whole seconds."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time and how it counts: ``counted``, ``paused``, or ``closed`` by the calendar; ``day`` names a calendar's."""

    start: datetime
    end: datetime
    how: How
    day: Day | None = None

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Reckoning:
    """A due time with what was counted for it. ``due_at`` is the last second that counts, ``budget`` all of it."""

    start: datetime
    due_at: datetime
    budget: timedelta
    counted: tuple[Stretch, ...]


def merged(pauses: Iterable[Pause]) -> tuple[Pause, ...]:
    """Pauses as people told them, in order and without overlaps: what is paused twice is paused once."""
    found: list[Pause] = []
    for pause in sorted((p for p in pauses if p.start < p.end), key=lambda p: p.start):
        if found and pause.start <= found[-1].end:
            found[-1] = Pause(found[-1].start, max(found[-1].end, pause.end))
        else:
            found.append(pause)
    return tuple(found)


def stretches(
    start: datetime, limit: Limit, calendar: WorkingCalendar, pauses: Sequence[Pause] = ()
) -> Iterator[Stretch]:
    """What counts of the time after ``start`` and what is paused of it, in order and endlessly.

    Raises:
        NoWorkingTime: the calendar has no working time left.
    """
    still = merged(pauses)
    if limit.unit == "working_days":
        for day in calendar.working_days_after(start):
            yield _whole_day(day, calendar, still)
        return
    for begin, end, named in _open(start, limit, calendar):
        yield from _cut(begin, end, named, still)


def _open(
    start: datetime, limit: Limit, calendar: WorkingCalendar
) -> Iterator[tuple[datetime, datetime, Day | None]]:
    if limit.unit != "working_hours":
        yield start, _END, None
        return
    first = calendar.local_date(start)
    for stretch in calendar.explain(start, midnight(calendar, first + timedelta(days=1))):
        yield stretch.start, stretch.end, stretch.day
    for day in calendar.working_days_after(first):
        for stretch in calendar.explain(midnight(calendar, day), midnight(calendar, day + timedelta(days=1))):
            yield stretch.start, stretch.end, stretch.day


def midnight(calendar: WorkingCalendar, day: date) -> datetime:
    """The first instant of a local date, UTC."""
    return datetime.combine(day, time(), calendar.zone).astimezone(UTC)


def _cut(begin: datetime, end: datetime, day: Day | None, still: Sequence[Pause]) -> Iterator[Stretch]:
    at = begin
    for pause in still:
        if pause.end <= at:
            continue
        if pause.start >= end:
            break
        if at < pause.start:
            yield Stretch(at, pause.start, "counted", day)
        until = min(pause.end, end)
        yield Stretch(max(at, pause.start), until, "paused", day)
        at = until
    if at < end:
        yield Stretch(at, end, "counted", day)


def _whole_day(day: date, calendar: WorkingCalendar, still: Sequence[Pause]) -> Stretch:
    begin, end = midnight(calendar, day), midnight(calendar, day + timedelta(days=1))
    worked = calendar.working_time_between(begin, end)
    lost = sum(
        (
            calendar.working_time_between(max(p.start, begin), min(p.end, end))
            for p in still
            if p.start < end and begin < p.end
        ),
        timedelta(),
    )
    return Stretch(begin, end, "paused" if 2 * lost >= worked else "counted", calendar.describe(day))


def reckon(
    start: datetime, limit: Limit, calendar: WorkingCalendar, pauses: Sequence[Pause] = ()
) -> Reckoning:
    """When a promise that runs from ``start`` is due, and every stretch that counted towards it.

    Raises:
        NoWorkingTime: the calendar has no working time left.
    """
    if limit.unit == "working_days":
        days = _days(stretches(start, limit, calendar, pauses), limit.amount)
        # row: AMB-054 the last day counts to its end; what is due at 24:00 is kept in the second before
        return Reckoning(start, days[-1].end - SECOND, sum((d.length for d in days), timedelta()), tuple(days))
    if not pauses and limit.unit != "working_hours":
        # The usual case of the hottest write.
        due = start + limit.length
        return Reckoning(start, due, limit.length, (Stretch(start, due, "counted"),) if limit.amount else ())
    counted = tuple(_until(stretches(start, limit, calendar, pauses), limit.length))
    return Reckoning(start, counted[-1].end if counted else start, limit.length, counted)


def _days(found: Iterable[Stretch], count: int) -> list[Stretch]:
    days: list[Stretch] = []
    for stretch in found:
        if stretch.how == "counted":
            days.append(stretch)
            if len(days) >= count:
                break
    return days


def _until(found: Iterable[Stretch], amount: timedelta) -> Iterator[Stretch]:
    """What is counted up to an amount; the last stretch ends where it is used up."""
    left = amount
    if left <= timedelta():
        return
    for stretch in found:
        if stretch.how != "counted":
            continue
        if left <= stretch.length:
            yield Stretch(stretch.start, stretch.start + left, "counted", stretch.day)
            return
        left -= stretch.length
        yield stretch


def moment(
    start: datetime,
    limit: Limit,
    calendar: WorkingCalendar,
    pauses: Sequence[Pause] = (),
    *,
    share: Fraction,
) -> datetime:
    """The first whole second at which this share of the budget has been counted (3/2: half of it beyond the due time).

    Raises:
        NoWorkingTime: the calendar has no working time left.
    """
    budget = limit.length
    if limit.unit == "working_days":
        budget = reckon(start, limit, calendar, pauses).budget
    elif not pauses and limit.unit != "working_hours":
        return start + timedelta(seconds=-(-limit.amount * share.numerator // share.denominator))
    amount = timedelta(seconds=-(-int(budget.total_seconds()) * share.numerator // share.denominator))
    end = start
    for stretch in _until(stretches(start, limit, calendar, pauses), amount):
        end = stretch.end
    return end


def history(
    start: datetime, end: datetime, limit: Limit, calendar: WorkingCalendar, pauses: Sequence[Pause] = ()
) -> Iterator[Stretch]:
    """The time from ``start`` to ``end`` without a gap: what counted, what was paused, when the calendar was closed."""
    if not pauses and not limit.by_calendar:
        if start < end:
            yield Stretch(start, end, "counted")
        return
    at = start
    for stretch in stretches(start, limit, calendar, pauses):
        if stretch.start >= end:
            break
        if at < stretch.start:
            yield Stretch(at, stretch.start, "closed")
        yield Stretch(stretch.start, min(stretch.end, end), stretch.how, stretch.day)
        at = min(stretch.end, end)
        if at >= end:
            break
    if at < end:
        yield Stretch(at, end, "closed")
