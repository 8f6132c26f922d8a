"""Working calendars: which days and hours count for a promise made in working days or working hours.

A calendar is a value: a zone, the hours of each weekday, the notices of an authority (statutory holidays and the
make-up days worked in exchange, 调休), and the dated overrides of an organisation, which win over both. It carries a
version, so that a deadline can say by which calendar it was found.

Everything here ends: beyond the last special day a calendar repeats every week, so a search for the next working
interval needs to look one week further and no more. A calendar that has no working interval left says so with
:class:`NoWorkingTime` instead of searching for ever.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from types import MappingProxyType

from shared.calendar_days import (
    MINUTES,
    OFFICE,
    OFFICE_WEEK,
    ROUND_THE_CLOCK,
    Day,
    Hours,
    Kind,
    Notice,
    SpecialDay,
    Stretch,
    hours,
    ordered,
)

__all__ = [
    "OFFICE",
    "OFFICE_WEEK",
    "ROUND_THE_CLOCK",
    "Day",
    "Hours",
    "NoWorkingTime",
    "Notice",
    "SpecialDay",
    "Stretch",
    "WorkingCalendar",
    "hours",
]

_DAY = timedelta(days=1)
_LAST_DAY = date(9998, 12, 31)  # so that no sum here leaves the years Python knows

_LABELS: Mapping[Kind, tuple[str, str]] = {
    "weekday": ("工作日", "working day"),
    "weekend": ("休息日", "weekend"),
    "holiday": ("法定节假日", "statutory holiday"),
    "make_up": ("调休上班日", "make-up working day"),
    "override": ("本单位另行安排", "arranged by the organisation"),
}


class NoWorkingTime(ValueError):
    """The calendar has no working interval after the instant asked about; its hours need correcting."""


@dataclass(frozen=True, slots=True, eq=False)
class WorkingCalendar:
    """When an organisation works.

    ``week`` holds the hours of Monday to Sunday. ``notices`` are the years announced so far: a year without one counts
    weekends only and is provisional (``None``: nothing is ever announced, as for a desk that never closes). A make-up
    day has ``make_up`` hours, by default those of the first weekday that has any. ``overrides`` are the organisation's
    own dates (no hours: closed). ``version`` names the content; left empty it is a fingerprint of it.
    """

    zone: tzinfo
    week: Sequence[Sequence[Hours]] = OFFICE_WEEK
    notices: Sequence[Notice] | None = None
    overrides: Mapping[date, Sequence[Hours]] = field(default_factory=dict)
    make_up: Sequence[Hours] | None = None
    version: str = ""
    _special: Mapping[date, SpecialDay] = field(init=False, repr=False)
    _years: frozenset[int] | None = field(init=False, repr=False)
    _last: date = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise ValueError("a week has seven days: hours of Monday to Sunday, empty where closed")
        put = (
            object.__setattr__
        )  # the one place where a frozen value is filled, with copies nobody else holds
        put(self, "week", tuple(ordered(day) for day in self.week))
        put(self, "overrides", MappingProxyType({d: ordered(h) for d, h in self.overrides.items()}))
        usual = next((day for day in self.week if day), ())
        put(self, "make_up", usual if self.make_up is None else ordered(self.make_up))
        special: dict[date, SpecialDay] = {}
        if self.notices is not None:
            # In order of their years: a notice settles the last days of the December before it, too.
            put(self, "notices", tuple(sorted(self.notices, key=lambda notice: notice.year)))
            for notice in self.notices:
                special.update(notice.days)
        put(self, "_special", special)
        put(self, "_years", None if self.notices is None else frozenset(n.year for n in self.notices))
        put(self, "_last", max((*special, *self.overrides), default=date.min))
        if not self.version:
            put(self, "version", self._fingerprint())

    def _fingerprint(self) -> str:
        lines = [str(self.zone), *(" ".join(map(str, day)) for day in self.week)]
        lines.append("make-up " + " ".join(map(str, self.make_up or ())))
        lines.append("always" if self._years is None else " ".join(map(str, sorted(self._years))))
        lines += [f"{day} {special.off}" for day, special in sorted(self._special.items())]
        lines += [f"{day} {' '.join(map(str, worked))}" for day, worked in sorted(self.overrides.items())]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]

    def with_notice(self, notice: Notice) -> WorkingCalendar:
        """This calendar once a year's notice is known; it replaces an earlier notice of that year."""
        kept = [n for n in self.notices or () if n.year != notice.year]
        return replace(self, notices=[*kept, notice], version="")

    def with_overrides(self, overrides: Mapping[date, Sequence[Hours]]) -> WorkingCalendar:
        """This calendar with further dated overrides; an empty sequence closes the day."""
        return replace(self, overrides={**self.overrides, **overrides}, version="")

    # --- days ------------------------------------------------------------------------------------------------

    def is_provisional(self, day: date) -> bool:
        """Whether the notice of this date's year is still to come and nothing else settles the date."""
        settled = day in self._special or day in self.overrides
        return not (settled or self._years is None or day.year in self._years)

    def intervals_on(self, day: date) -> tuple[Hours, ...]:
        """The working hours of a local date, sorted; empty when it is not worked."""
        own = self.overrides.get(day)
        if own is not None:
            return tuple(own)
        announced = self._special.get(day)
        if announced is None:
            return tuple(self.week[day.weekday()])
        return () if announced.off else tuple(self.make_up or ())

    def is_working_day(self, day: date) -> bool:
        """Whether any hour of a local date is worked."""
        return bool(self.intervals_on(day))

    def describe(self, day: date) -> Day:
        """What the calendar says of a local date, for explanations people read."""
        announced = self._special.get(day)
        kind: Kind
        if day in self.overrides:
            kind = "override"
        elif announced is not None:
            kind = "holiday" if announced.off else "make_up"
        else:
            kind = "weekday" if self.week[day.weekday()] else "weekend"
        zh, en = _LABELS[kind]
        if announced is not None and kind != "override":
            zh, en = f"{announced.zh}({zh})", f"{announced.en} ({en})"
        return Day(day, kind, self.intervals_on(day), zh, en, self.is_provisional(day))

    def local_date(self, at: date | datetime) -> date:
        """The local date of an instant; a date is one already.

        Raises ValueError for a naive datetime and outside the years 2 to 9998.
        """
        day = _aware(at).astimezone(self.zone).date() if isinstance(at, datetime) else at
        if not 1 < day.year < 9999:
            raise ValueError(f"{day} is outside the years a calendar can count in")
        return day

    def working_days_after(self, start: date | datetime) -> Iterator[date]:
        """The working days after the local date of ``start``, in order.

        Ends by raising :class:`NoWorkingTime` when none is left, which only a week without hours can bring about.
        """
        day, horizon = self.local_date(start), None
        while True:
            day += _DAY
            if day > _LAST_DAY:
                raise NoWorkingTime(f"no such working day before {_LAST_DAY}")
            if self.is_working_day(day):
                horizon = None
                yield day
                continue
            # Beyond the last special day the weeks repeat, so one more week without work means there is none.
            horizon = horizon or max(day, self._last) + timedelta(days=7)
            if day > horizon:
                raise NoWorkingTime(
                    f"no working day after {self.local_date(start)} in calendar {self.version}"
                )

    def working_day(self, start: date | datetime, n: int) -> date:
        """The ``n``-th working day, counted from the next working day (F-084); 0 is the first not before ``start``.

        Raises ValueError for a negative ``n`` and :class:`NoWorkingTime` when there are fewer.
        """
        if n < 0:
            raise ValueError("working days are counted forward")
        day = self.local_date(start)
        if n == 0 and self.is_working_day(day):
            return day
        after = self.working_days_after(day)
        for _ in range(max(n, 1)):
            day = next(after)
        return day

    def add_working_days(self, start: date | datetime, n: int) -> datetime:
        """The end (24:00 local) of the ``n``-th working day after ``start``: the deadline of B-015 (F-084, AMB-054).

        The day of ``start`` never counts, whatever its hour; what happens strictly before the instant returned (aware
        UTC) is in time. Raises ValueError for a negative ``n`` and :class:`NoWorkingTime` when there are fewer.
        """
        # row: F-084, AMB-054 to the end of the n-th working day after the next
        return self._instant(self.working_day(start, n) + _DAY, 0)

    # --- hours -----------------------------------------------------------------------------------------------

    def _instant(self, day: date, minutes: int) -> datetime:
        if minutes == MINUTES:
            day, minutes = day + _DAY, 0
        return datetime.combine(day, time(minutes // 60, minutes % 60), self.zone).astimezone(UTC)

    def _stretches(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """The working intervals of a local date in UTC; where clocks are moved, never overlapping and never empty."""
        past: datetime | None = None
        for interval in self.intervals_on(day):
            start, end = self._instant(day, interval.start), self._instant(day, interval.end)
            start = start if past is None else max(start, past)
            if start < end:
                yield start, end
                past = end

    def add_working_time(self, start: datetime, amount: timedelta) -> datetime:
        """The instant by which ``amount`` of working time has passed since ``start``, aware UTC.

        A full interval ends at its last instant, not at the next opening; nothing added is ``start`` itself. So adding
        in two steps is adding at once. Raises ValueError for a negative amount or a naive ``start``,
        :class:`NoWorkingTime` when the calendar runs out of hours.
        """
        if amount < timedelta(0):
            raise ValueError("working time is added forward")
        at, left = _aware(start).astimezone(UTC), amount
        if not left:
            return at
        first = self.local_date(at)
        for day in self._first_and_after(first):
            for begin, end in self._stretches(day):
                begin = max(begin, at)
                if begin >= end:
                    continue
                if left <= end - begin:
                    return begin + left
                left -= end - begin
        raise NoWorkingTime(f"no working time after {start.isoformat()} in calendar {self.version}")

    def _first_and_after(self, first: date) -> Iterator[date]:
        yield first
        yield from self.working_days_after(first)

    def explain(self, a: datetime, b: datetime) -> list[Stretch]:
        """The working intervals between two instants, in order: what :meth:`working_time_between` adds up.

        Empty when ``b`` is not after ``a``. Raises ValueError for a naive instant.
        """
        start, end = _aware(a).astimezone(UTC), _aware(b).astimezone(UTC)
        found: list[Stretch] = []
        if end <= start:
            return found
        day, last = self.local_date(start), self.local_date(end)
        while day <= last:
            for begin, stop in self._stretches(day):
                begin, stop = max(begin, start), min(stop, end)
                if begin < stop:
                    found.append(Stretch(begin, stop, self.describe(day)))
            day += _DAY
        return found

    def working_time_between(self, a: datetime, b: datetime) -> timedelta:
        """How much working time passes from ``a`` to ``b``; negative when ``b`` is earlier. ValueError if naive."""
        if _aware(b) < _aware(a):
            return -self.working_time_between(b, a)
        return sum((s.length for s in self.explain(a, b)), timedelta(0))


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None or at.utcoffset() is None:
        raise ValueError("an instant needs its zone")
    if not 1 < at.year < 9999:
        raise ValueError(f"{at} is outside the years a calendar can count in")
    return at
