"""Working calendars: which days and hours count for a promise made in working days or working hours.

A calendar is a value: a zone, the hours of each weekday, the special days an authority announced (statutory holidays
and the make-up days worked in exchange, 调休), and the dated overrides of an organisation, which win over both. It
carries a version, so that a deadline can say by which calendar it was found.

Everything here ends: beyond the last special day a calendar repeats every week, so a search for the next working
interval needs to look one week further and no more. A calendar that has no working interval left says so with
:class:`NoWorkingTime` instead of searching for ever.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from types import MappingProxyType
from typing import Literal

_DAY = timedelta(days=1)
_MINUTES = 24 * 60

Kind = Literal["weekday", "weekend", "holiday", "make_up", "override"]


class NoWorkingTime(ValueError):
    """The calendar has no working interval after the instant asked about; its hours need correcting."""


@dataclass(frozen=True, slots=True, order=True)
class Hours:
    """One interval of a local day, in minutes since midnight, end exclusive; 1440 is 24:00."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= _MINUTES:
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
    hours, colon, minutes = text.strip().partition(":")
    if not (colon and len(minutes) == 2 and 0 < len(hours) <= 2 and (hours + minutes).isascii()
            and (hours + minutes).isdigit() and int(minutes) < 60):
        raise ValueError(f"a time of day looks like 09:00, not {text!r}")
    return int(hours) * 60 + int(minutes)


def hours(*texts: str) -> tuple[Hours, ...]:
    """The intervals of one day, sorted. Raises ValueError when two overlap."""
    return _ordered(Hours.parse(text) for text in texts)


def _ordered(intervals: Iterable[Hours]) -> tuple[Hours, ...]:
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

_LABELS: Mapping[Kind, tuple[str, str]] = {
    "weekday": ("工作日", "working day"),
    "weekend": ("休息日", "weekend"),
    "holiday": ("法定节假日", "statutory holiday"),
    "make_up": ("调休上班日", "make-up working day"),
    "override": ("本单位另行安排", "arranged by the organisation"),
}


@dataclass(frozen=True, slots=True, eq=False)
class WorkingCalendar:
    """When an organisation works.

    ``week`` holds the hours of Monday to Sunday. ``special`` are the announced days of the years ``published``; a year
    that is not published counts weekends only and is provisional (``published=None``: nothing is ever announced, as
    for a calendar that never closes). A make-up day has ``make_up`` hours, by default those of the first weekday that
    has any. ``overrides`` are the organisation's own dates (no hours: closed). ``version`` names the content; left
    empty it is a fingerprint of it.
    """

    zone: tzinfo
    week: Sequence[Sequence[Hours]] = OFFICE_WEEK
    special: Mapping[date, SpecialDay] = field(default_factory=dict)
    published: Collection[int] | None = None
    overrides: Mapping[date, Sequence[Hours]] = field(default_factory=dict)
    make_up: Sequence[Hours] | None = None
    version: str = ""
    _last: date = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise ValueError("a week has seven days: hours of Monday to Sunday, empty where closed")
        put = object.__setattr__  # the one place where a frozen value is filled: copies that nobody else holds
        put(self, "week", tuple(_ordered(day) for day in self.week))
        put(self, "special", MappingProxyType(dict(self.special)))
        put(self, "overrides", MappingProxyType({d: _ordered(h) for d, h in self.overrides.items()}))
        put(self, "published", None if self.published is None else frozenset(self.published))
        usual = next((tuple(day) for day in self.week if day), ())
        put(self, "make_up", usual if self.make_up is None else _ordered(self.make_up))
        put(self, "_last", max((*self.special, *self.overrides), default=date.min))
        if not self.version:
            put(self, "version", self._fingerprint())

    def _fingerprint(self) -> str:
        lines = [str(self.zone), *(" ".join(map(str, day)) for day in self.week)]
        lines.append("make-up " + " ".join(map(str, self.make_up or ())))
        lines.append("always" if self.published is None else " ".join(map(str, sorted(self.published))))
        lines += [f"{d} {s.off}" for d, s in sorted(self.special.items())]
        lines += [f"{d} {' '.join(map(str, h))}" for d, h in sorted(self.overrides.items())]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]

    def with_notice(self, notice: Notice) -> WorkingCalendar:
        """This calendar once a year's notice is known; it replaces what was known of that year's notice."""
        kept = {d: s for d, s in self.special.items() if d.year != notice.year}
        return replace(self, special={**kept, **notice.days}, published={*(self.published or ()), notice.year}, version="")

    def with_overrides(self, overrides: Mapping[date, Sequence[Hours]]) -> WorkingCalendar:
        """This calendar with further dated overrides; an empty sequence closes the day."""
        return replace(self, overrides={**self.overrides, **overrides}, version="")

    # --- days -------------------------------------------------------------------------------------------------------

    def is_provisional(self, day: date) -> bool:
        """Whether the notice of this date's year is still to come and nothing else settles the date."""
        return (self.published is not None and day.year not in self.published
                and day not in self.special and day not in self.overrides)

    def intervals_on(self, day: date) -> tuple[Hours, ...]:
        """The working hours of a local date, sorted; empty when it is not worked."""
        own = self.overrides.get(day)
        if own is not None:
            return tuple(own)
        announced = self.special.get(day)
        if announced is None:
            return tuple(self.week[day.weekday()])
        return () if announced.off else tuple(self.make_up or ())

    def is_working_day(self, day: date) -> bool:
        """Whether any hour of a local date is worked."""
        return bool(self.intervals_on(day))

    def describe(self, day: date) -> Day:
        """What the calendar says of a local date, for explanations people read."""
        announced = self.special.get(day)
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
        """The local date of an instant; a date is one already. Raises ValueError for a naive datetime."""
        if not isinstance(at, datetime):
            return at
        return _aware(at).astimezone(self.zone).date()

    def working_days_after(self, start: date | datetime) -> Iterator[date]:
        """The working days after the local date of ``start``, in order.

        Ends by raising :class:`NoWorkingTime` when none is left, which only a week without hours can bring about.
        """
        day, horizon = self.local_date(start), None
        while True:
            try:
                day += _DAY
            except OverflowError:
                raise NoWorkingTime("the calendar of this world ends before a working day") from None
            if self.is_working_day(day):
                horizon = None
                yield day
                continue
            # Beyond the last special day the weeks repeat, so one more week without work means there is none.
            horizon = horizon or max(day, self._last) + timedelta(days=7)
            if day > horizon:
                raise NoWorkingTime(f"no working day after {self.local_date(start)} in calendar {self.version}")

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
        return self._instant(self.working_day(start, n) + _DAY, 0)

    # --- hours ------------------------------------------------------------------------------------------------------

    def _instant(self, day: date, minutes: int) -> datetime:
        if minutes == _MINUTES:
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
            if day == last:  # the last day there is has no next one
                break
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
    return at
