"""Time limits in local dates: days, weeks, months, quarters, years. A date counts to its last second (RR9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from services.kpi.domain.deadlines.limits import Found, Told
from services.kpi.domain.numbers import Text
from services.kpi.domain.times import add_months, month_end, quarter_end


@dataclass(frozen=True, slots=True)
class MonthDays:
    """Between two days of the trigger's month, both included; the window is a parameter (AMB-026)."""

    first: int
    last: int  # 31 is the last day, whatever the month
    how: Text

    def find(self, told: Told) -> Found:
        month, done = told.day(), told.done_days()
        end = month_end(month)
        # row: AMB-026 the windows are parameters
        first = min(told.whole_number("first_day", self.first, 1, 31), end.day)
        last = min(told.whole_number("last_day", self.last, 1, 31), end.day)
        opens, closes = month.replace(day=first), month.replace(day=last)
        met = None if done is None else any(opens <= day <= closes for day in done)
        return Found(closes, met, self.how, opens)


@dataclass(frozen=True, slots=True)
class Times:
    """So often in each day, month or quarter; it runs out with the period's last day."""

    often: int
    unit: str
    how: Text

    def find(self, told: Told) -> Found:
        day, done = told.day(), told.done_days()
        first, last = bounds(day, self.unit)
        wanted = told.whole_number("times", self.often, 1)
        met = None if done is None else sum(first <= at <= last for at in done) >= wanted
        return Found(last, met, self.how, first)


@dataclass(frozen=True, slots=True)
class Days:
    """So many calendar days after (or, negative, before) the trigger's date (AMB-089)."""

    days: int
    how: Text

    def find(self, told: Told) -> Found:
        # row: F-087, AMB-089 calendar days
        due, done = told.day() + timedelta(days=self.days), told.done_days()
        return Found(due, None if done is None else any(day <= due for day in done), self.how)


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """So many working days, counted from the next one; the last one in full (F-084)."""

    days: int
    how: Text

    def find(self, told: Told) -> Found:
        start = told.day() if len(told.trigger) <= 10 else told.instant()
        due, done = told.calendar.working_day(start, self.days), told.done_days()
        return Found(due, None if done is None else any(day <= due for day in done), self.how)


@dataclass(frozen=True, slots=True)
class Overdue:
    """Overdue so many full months: a duty that begins, and runs out with the month it begins in (B-071, F-086)."""

    months: int
    how: Text

    def find(self, told: Told) -> Found:
        # row: F-086 three full months from the day after the due date
        begins = add_months(told.day() + timedelta(days=1), told.whole_number("months", self.months, 1, 120))
        due, done = month_end(begins), told.done_days()
        return Found(due, None if done is None else any(day <= due for day in done), self.how, begins)


@dataclass(frozen=True, slots=True)
class QuarterClose:
    """The end of the natural quarter: what is credited by its last day counts (B-072)."""

    how: Text

    def find(self, told: Told) -> Found:
        due, done = quarter_end(told.day()), told.done_days()
        return Found(due, None if done is None else any(day <= due for day in done), self.how)


@dataclass(frozen=True, slots=True)
class AtMost:
    """No more than so often in a period: `done_at` lists what happened."""

    often: int
    unit: str
    how: Text

    def find(self, told: Told) -> Found:
        first, last = bounds(told.day(), self.unit)
        done = told.done_days()
        # row: F-090 five are met, the sixth is one too many
        met = None if done is None else sum(first <= at <= last for at in done) <= told.whole_number("most", self.often)
        return Found(last, met, self.how, first)


@dataclass(frozen=True, slots=True)
class DayOfMonth:
    """By a day of the trigger's month; one that does not exist is the month's last (RR9, F-081)."""

    number: int
    how: Text

    def find(self, told: Told) -> Found:
        month = told.day()
        # row: F-081, AMB-055 a day that does not exist is the month's last
        return _by(told, month.replace(day=min(self.number, month_end(month).day)), self.how)


@dataclass(frozen=True, slots=True)
class AfterQuarter:
    """By a day of the month that follows the trigger's quarter."""

    number: int
    how: Text

    def find(self, told: Told) -> Found:
        return _by(told, quarter_end(told.day()) + timedelta(days=self.number), self.how)


@dataclass(frozen=True, slots=True)
class Weekday:
    """On a day of the trigger's week (0 is Monday); holidays shift nothing (AMB-091)."""

    number: int
    how: Text

    def find(self, told: Told) -> Found:
        day = told.day()
        return _by(told, day + timedelta(days=self.number - day.weekday()), self.how)


@dataclass(frozen=True, slots=True)
class Months:
    """So many months after the trigger's date; `inclusive` ends on the day before."""

    months: int
    how: Text
    inclusive: bool = False

    def find(self, told: Told) -> Found:
        due = add_months(told.day(), told.whole_number("months", self.months, 1, 1200))
        return _by(told, due - timedelta(days=1) if self.inclusive else due, self.how)


@dataclass(frozen=True, slots=True)
class WeekBefore:
    """Any time in the seven days before the trigger's date, that date excluded (AMB-090)."""

    how: Text

    def find(self, told: Told) -> Found:
        opens, closes, done = told.day() - timedelta(days=7), told.day() - timedelta(days=1), told.done_days()
        # row: AMB-090 from the seventh day before the end to the day before it
        return Found(closes, None if done is None else any(opens <= at <= closes for at in done), self.how, opens)


@dataclass(frozen=True, slots=True)
class Fixed:
    """Printed dates, whatever the trigger."""

    first: date
    last: date
    how: Text

    def find(self, told: Told) -> Found:
        done = told.done_days()
        met = None if done is None else any(self.first <= at <= self.last for at in done)
        return Found(self.last, met, self.how, self.first)


def _by(told: Told, due: date, how: Text) -> Found:
    done = told.done_days()
    return Found(due, None if done is None else any(day <= due for day in done), how)


def bounds(day: date, unit: str) -> tuple[date, date]:
    """The first and last day of the day, week, month, quarter, half or year a date lies in."""
    if unit == "day":
        return day, day
    if unit == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    months = {"month": 1, "quarter": 3, "half": 6, "year": 12}[unit]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return first, month_end(add_months(first, months - 1))
