"""Working calendars: several intervals a day, weekends, statutory holidays, make-up days (调休), dated overrides.

Pure: the calendar is given, nothing is looked up. A year whose notice is not published yet counts weekends only and
is called provisional; it never fails anybody. The functions that produce a deadline and the one that explains it
share :meth:`WorkingCalendar.intervals_on`, so that they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

#: How far ahead a search looks before it gives up: a calendar may be closed for a year, not for ever.
HORIZON_DAYS = 1500


class CalendarError(ValueError):
    """A calendar that cannot answer: no working time at all, or intervals that overlap."""


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """Working time within one local day, from ``start`` up to ``end``; ``24:00`` is written as ``time.min``."""

    start: time
    end: time

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return _of_day(self.end, last=True) - _of_day(self.start)


@dataclass(frozen=True, slots=True)
class Counted:
    """A stretch of working time that counted: aware UTC, and why that day was worked."""

    start: datetime
    end: datetime
    reason: str

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.end - self.start


OFFICE = (Interval(time(9), time(12)), Interval(time(13, 30), time(18)))


@dataclass(frozen=True)
class WorkingCalendar:
    """Which days and hours are worked in ``zone``.

    ``week`` maps weekday (0 = Monday) to its intervals; ``holidays`` are days off, ``makeup`` weekend days that are
    worked with ``makeup_intervals`` (by default Monday's); ``overrides`` beat everything (empty = closed). ``known``
    are the years whose statutory notice is in; any other is provisional.
    """

    zone: tzinfo
    week: Mapping[int, Sequence[Interval]] = field(default_factory=lambda: dict.fromkeys(range(5), OFFICE))
    holidays: frozenset[date] = frozenset()
    makeup: frozenset[date] = frozenset()
    makeup_intervals: Sequence[Interval] | None = None
    overrides: Mapping[date, Sequence[Interval]] = field(default_factory=dict)
    known: frozenset[int] = frozenset()
    version: str = "1"

    def __post_init__(self) -> None:
        for intervals in (*self.week.values(), *self.overrides.values(), self.makeup_intervals or ()):
            _ordered(intervals)
        if not any(self.week.get(d) for d in range(7)) and not any(self.overrides.values()):
            raise CalendarError("this calendar has no working time: give at least one weekday an interval")

    def is_provisional(self, year: int) -> bool:
        """Whether the year's notice is not published yet, so that only weekends count as days off."""
        return year not in self.known

    def intervals_on(self, day: date) -> Sequence[Interval]:
        """The working intervals of a local day, in order; empty when it is off."""
        if day in self.overrides:
            return self.overrides[day]
        if day in self.makeup:
            return self.makeup_intervals if self.makeup_intervals is not None else self.week.get(0, ())
        if day in self.holidays:
            return ()
        return self.week.get(day.weekday(), ())

    def reason(self, day: date) -> str:
        """Why the day is worked or not: override, makeup, holiday, weekday, weekend."""
        if day in self.overrides:
            return "override"
        if day in self.makeup:
            return "makeup"
        if day in self.holidays:
            return "holiday"
        return "weekday" if self.week.get(day.weekday()) else "weekend"

    def is_working_day(self, day: date) -> bool:
        """Whether any time of the day is worked."""
        return bool(self.intervals_on(day))

    def add_working_days(self, start: date | datetime, days: int) -> datetime:
        """The end (24:00, as the next midnight, UTC) of the ``days``-th working day after ``start``'s local day.

        Counting begins on the next working day (F-084, AMB-054). With ``days`` 0: the end of that day itself.
        """
        if days < 0:
            raise CalendarError("working days are counted forwards")
        day = start.astimezone(self.zone).date() if isinstance(start, datetime) else start
        left = days
        for _ in range(HORIZON_DAYS + days * 7):
            if left == 0:
                return self._at(day + timedelta(days=1), time.min)
            day += timedelta(days=1)
            if self.is_working_day(day):
                left -= 1
        raise CalendarError(f"no {days} working days within reach of {start}: the calendar is closed too long")

    def add_working_time(self, start: datetime, length: timedelta) -> datetime:
        """The instant at which ``length`` of working time has passed since ``start`` (UTC)."""
        if length < timedelta():
            raise CalendarError("working time is counted forwards")
        left = length
        idle = 0
        for stretch in self._stretches(start):
            if stretch is None:
                idle += 1
                if idle > HORIZON_DAYS:
                    break
                continue
            idle = 0
            if stretch.length >= left:
                return stretch.start + left
            left -= stretch.length
        raise CalendarError(f"no working time within reach of {start.isoformat()}: the calendar is closed too long")

    def explain(self, start: datetime, end: datetime) -> list[Counted]:
        """The stretches of working time between two instants, in order."""
        out: list[Counted] = []
        day = start.astimezone(self.zone).date()
        last = end.astimezone(self.zone).date()
        while day <= last:
            for stretch in self._day(day):
                low, high = max(stretch.start, start), min(stretch.end, end)
                if low < high:
                    out.append(Counted(low, high, stretch.reason))
            day += timedelta(days=1)
        return out

    def working_time_between(self, start: datetime, end: datetime) -> timedelta:
        """How much working time lies between two instants; zero when ``end`` is not after ``start``."""
        return sum((c.length for c in self.explain(start, end)), timedelta())

    def _stretches(self, start: datetime) -> Iterator[Counted | None]:
        """Working stretches from ``start`` on; None for each day without any, so that a search can end."""
        day = start.astimezone(self.zone).date()
        while True:
            found = False
            for stretch in self._day(day):
                if stretch.end > start:
                    found = True
                    yield Counted(max(stretch.start, start), stretch.end, stretch.reason)
            if not found:
                yield None
            day += timedelta(days=1)

    def _day(self, day: date) -> Iterator[Counted]:
        for interval in self.intervals_on(day):
            last = interval.end == time.min
            yield Counted(
                self._at(day, interval.start),
                self._at(day + timedelta(days=1), time.min) if last else self._at(day, interval.end),
                self.reason(day),
            )

    def _at(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self.zone).astimezone(UTC)


def _of_day(at: time, *, last: bool = False) -> timedelta:
    if last and at == time.min:
        return timedelta(days=1)
    return timedelta(hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond)


def _ordered(intervals: Sequence[Interval] | Interval) -> None:
    if isinstance(intervals, Interval):
        intervals = (intervals,)
    edge = timedelta(-1)
    for interval in intervals:
        if interval.length <= timedelta() or _of_day(interval.start) < edge:
            raise CalendarError(f"intervals follow each other within a day: {interval.start}-{interval.end}")
        edge = _of_day(interval.end, last=True)
