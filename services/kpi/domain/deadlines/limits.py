"""The ways a time limit runs: so long after an instant, in a window of the month, so often in a period, … (RR9).

Limits in minutes or hours include their last second; a date includes its whole day in local time; nothing shifts for
weekends unless the promise is made in working days.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, Protocol, TypeVar

from services.kpi.domain.letters import LetterError
from services.kpi.domain.numbers import Text
from services.kpi.domain.times import add_months, in_time, instant, month_end, quarter_end
from shared.calendar import WorkingCalendar
from shared.periods import Period

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of one promise: when it began, what was done and when, what the parties chose."""

    trigger: str
    done: Sequence[str] | None
    parameters: Mapping[str, Any]
    zone: tzinfo
    calendar: WorkingCalendar

    def instant(self) -> datetime:
        """The trigger as an instant; a local date is its first second."""
        return _parsed("trigger_at", self.trigger, lambda text: instant(text, self.zone))

    def day(self) -> date:
        """The trigger as a local date; of a month or quarter, its first day."""
        return _parsed("trigger_at", self.trigger, lambda text: _day(text, self.zone))

    def done_instants(self) -> list[datetime] | None:
        """What was done, as instants."""
        if self.done is None:
            return None
        return [_parsed("done_at", text, lambda t: instant(t, self.zone)) for text in self.done]

    def done_days(self) -> list[date] | None:
        """What was done, as local dates."""
        return None if self.done is None else [_parsed("done_at", t, lambda x: _day(x, self.zone)) for t in self.done]

    def other(self, name: str) -> datetime | None:
        """An instant among the parameters."""
        value = self.parameters.get(name)
        return None if value is None else _parsed(f"parameters.{name}", value, lambda t: instant(t, self.zone))

    def whole_number(self, name: str, default: int, lowest: int = 0, highest: int = 10_000) -> int:
        """A whole number among the parameters."""
        value = self.parameters.get(name, default)
        if isinstance(value, str) and value.isascii() and value.isdigit():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
            raise LetterError(
                f"parameters.{name}",
                f"必须是 {lowest} 到 {highest} 的整数",
                f"must be a whole number from {lowest} to {highest}",
            )
        return value


@dataclass(frozen=True, slots=True)
class Found:
    """When a promise runs out and whether it was kept; `how` is the half sentence that says how it was counted."""

    deadline: datetime | date | None
    met: bool | None
    how: Text
    due_from: datetime | date | None = None


class Limit(Protocol):
    """One way of running out."""

    def find(self, told: Told) -> Found:
        """The deadline of one promise. Raises LetterError with the path of what cannot be read."""


@dataclass(frozen=True, slots=True)
class Within:
    """So long after the trigger by the wall clock, nights and weekends included."""

    amount: timedelta
    how: Text

    def find(self, told: Told) -> Found:
        due, done = told.instant() + self.amount, told.done_instants()
        return Found(due, None if done is None else any(in_time(at, due) for at in done), self.how)


@dataclass(frozen=True, slots=True)
class Call:
    """A follow-up call within so long; tries that reached nobody count by `revisit_unreachable` (AMB-088)."""

    amount: timedelta
    how: Text

    def find(self, told: Told) -> Found:
        due, done = told.instant() + self.amount, told.done_instants()
        if done is not None and any(in_time(at, due) for at in done):
            return Found(due, True, self.how)
        attempts = told.parameters.get("attempts") or []
        if not isinstance(attempts, list):
            raise LetterError("parameters.attempts", "必须是时间列表", "must be a list of times")
        reading = told.parameters.get("revisit_unreachable", "met_after_n")
        if reading not in ("met_after_n", "exclude_after_n", "miss"):
            raise LetterError(
                "parameters.revisit_unreachable",
                "只能取：met_after_n、exclude_after_n、miss",
                "must be met_after_n, exclude_after_n or miss",
            )
        tries = [_parsed("parameters.attempts", text, lambda t: instant(t, told.zone)) for text in attempts]
        timely = [at.astimezone(told.zone) for at in tries if in_time(at, due)]
        enough = len(timely) >= told.whole_number("n", 3, 1) and len({(at.date(), at.hour < 12) for at in timely}) > 1
        if enough and reading != "miss":
            how = Text(
                f"{self.how.zh}，已按规定多次联系未果", f"{self.how.en}; tried often enough without reaching anybody"
            )
            return Found(due, True if reading == "met_after_n" else None, how)
        return Found(due, None if done is None and not tries else False, self.how)


@dataclass(frozen=True, slots=True)
class Gate:
    """No time at all: it stays open until it is done."""

    how: Text

    def find(self, told: Told) -> Found:
        return Found(None, bool(told.done_instants()), self.how)


@dataclass(frozen=True, slots=True)
class Agreed:
    """A deadline of the case's own, to be agreed so long after the trigger, then kept (B-010).

    Without `parameters.deadline` the answer is until when one must be agreed; with it, whether it was agreed in time
    (`parameters.deadline_set_at`, if given) and kept.
    """

    to_agree: timedelta
    how: Text
    agreeing: Text

    def find(self, told: Told) -> Found:
        by, done = told.instant() + self.to_agree, told.done_instants()
        deadline, agreed = told.other("deadline"), told.other("deadline_set_at")
        if deadline is None:
            acts = [agreed] if agreed is not None else done
            return Found(by, None if acts is None else any(in_time(at, by) for at in acts), self.agreeing)
        if agreed is not None and not in_time(agreed, by):
            return Found(deadline, False, self.agreeing)
        return Found(deadline, None if done is None else any(in_time(at, deadline) for at in done), self.how)


@dataclass(frozen=True, slots=True)
class MonthDays:
    """Between two days of the trigger's month, both included; the window is a parameter (AMB-026)."""

    first: int
    last: int  # 31 is the last day, whatever the month
    how: Text

    def find(self, told: Told) -> Found:
        month, done = told.day(), told.done_days()
        end = month_end(month)
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
        first, last = _bounds(day, self.unit)
        wanted = told.whole_number("times", self.often, 1)
        met = None if done is None else sum(first <= at <= last for at in done) >= wanted
        return Found(last, met, self.how, first)


@dataclass(frozen=True, slots=True)
class Days:
    """So many calendar days after (or, negative, before) the trigger's date (AMB-089)."""

    days: int
    how: Text

    def find(self, told: Told) -> Found:
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


def _bounds(day: date, unit: str) -> tuple[date, date]:
    if unit == "day":
        return day, day
    if unit == "month":
        return day.replace(day=1), month_end(day)
    end = quarter_end(day)
    return date(end.year, end.month - 2, 1), end


def _day(text: str, zone: tzinfo) -> date:
    if len(text) == 10:
        return date.fromisoformat(text)
    if len(text) < 10:
        return Period.parse(text).start
    return instant(text, zone).astimezone(zone).date()


def _parsed(path: str, text: Any, read: Callable[[Any], T]) -> T:
    try:
        return read(text)
    except (ValueError, TypeError, OverflowError):
        raise LetterError(
            path,
            "时间应为 2025-03-07T09:00:00+08:00、2025-03-07、2025-03 或 2025-Q1",
            "a time looks like 2025-03-07T09:00:00+08:00, 2025-03-07, 2025-03 or 2025-Q1",
        ) from None


def shown(at: datetime | date | None) -> str | None:
    """An instant in UTC with `Z`, a date as it is."""
    if isinstance(at, datetime):
        return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return None if at is None else at.isoformat()
