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
from services.kpi.domain.times import in_time, instant
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
        return parsed("trigger_at", self.trigger, lambda text: instant(text, self.zone))

    def day(self) -> date:
        """The trigger as a local date; of a month or quarter, its first day."""
        return parsed("trigger_at", self.trigger, lambda text: _day(text, self.zone))

    def local(self, at: datetime) -> date:
        """The local date of an instant."""
        return at.astimezone(self.zone).date()

    def done_instants(self) -> list[datetime] | None:
        """What was done, as instants."""
        if self.done is None:
            return None
        return [parsed("done_at", text, lambda t: instant(t, self.zone)) for text in self.done]

    def done_days(self) -> list[date] | None:
        """What was done, as local dates."""
        return None if self.done is None else [parsed("done_at", t, lambda x: _day(x, self.zone)) for t in self.done]

    def other(self, name: str) -> datetime | None:
        """An instant among the parameters."""
        value = self.parameters.get(name)
        return None if value is None else parsed(f"parameters.{name}", value, lambda t: instant(t, self.zone))

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
        tries = [parsed("parameters.attempts", text, lambda t: instant(t, told.zone)) for text in attempts]
        timely = [at.astimezone(told.zone) for at in tries if in_time(at, due)]
        # row: AMB-088 tried often enough
        enough = len(timely) >= told.whole_number("n", 3, 1) and len({(at.date(), at.hour < 12) for at in timely}) > 1
        if enough and reading != "miss":
            how = Text(
                f"{self.how.zh}，已按规定多次联系未果", f"{self.how.en}; tried often enough without reaching anybody"
            )
            return Found(due, True if reading == "met_after_n" else None, how)
        return Found(due, None if done is None and not tries else False, self.how)


@dataclass(frozen=True, slots=True)
class Prompt:
    """No number in the document ("promptly"): a limit exists only where the parties set one (minutes, hours)."""

    how: Text

    def find(self, told: Told) -> Found:
        done = told.done_instants()
        minutes = told.whole_number("minutes", 0) + 60 * told.whole_number("hours", 0)
        if not minutes:
            return Found(None, True if done else None, self.how)
        due = told.instant() + timedelta(minutes=minutes)
        return Found(due, None if done is None else any(in_time(at, due) for at in done), self.how)


@dataclass(frozen=True, slots=True)
class Given:
    """The case brings its own time among the parameters (`name`); `before` means strictly earlier."""

    name: str
    how: Text
    before: bool = False

    def find(self, told: Told) -> Found:
        due, done = told.other(self.name), told.done_instants()
        if due is None:
            return Found(None, True if done else None, self.how)
        if self.before:
            return Found(due, None if done is None else any(at < due for at in done), self.how)
        if len(str(told.parameters[self.name])) == 10:  # a date counts to its last second
            day = told.local(due)
            return Found(day, None if done is None else any(told.local(at) <= day for at in done), self.how)
        return Found(due, None if done is None else any(in_time(at, due) for at in done), self.how)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A repair without a printed number: urgent 30 minutes, else the appointment, else 24 hours (AMB-116)."""

    how: Text

    def find(self, told: Told) -> Found:
        done, appointment = told.done_instants(), told.other("appointment")
        if told.parameters.get("urgency") == "urgent":
            due = told.instant() + timedelta(minutes=told.whole_number("urgent_minutes", 30, 1))
        else:
            due = appointment or told.instant() + timedelta(hours=told.whole_number("hours", 24, 1))
        return Found(due, None if done is None else any(in_time(at, due) for at in done), self.how)


@dataclass(frozen=True, slots=True)
class Window:
    """Covered without a gap between two hours of the trigger's day; `parameters.gap_minutes` tells what was not."""

    opens: int
    closes: int
    how: Text

    def find(self, told: Told) -> Found:
        day = told.day()
        first, last = (datetime(day.year, day.month, day.day, h, tzinfo=told.zone) for h in (self.opens, self.closes))
        gaps = told.parameters.get("gap_minutes")
        met = None if gaps is None else told.whole_number("gap_minutes", 0) == 0
        return Found(last, met, self.how, first)


@dataclass(frozen=True, slots=True)
class Rings:
    """Counted in rings, not in time: `parameters.rings`."""

    most: int
    how: Text

    def find(self, told: Told) -> Found:
        rings = told.parameters.get("rings")
        met = None if rings is None else told.whole_number("rings", 0) <= told.whole_number("most", self.most, 1)
        return Found(None, met, self.how)


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


def _day(text: str, zone: tzinfo) -> date:
    if len(text) == 10:
        return date.fromisoformat(text)
    if len(text) < 10:
        return Period.parse(text).start
    return instant(text, zone).astimezone(zone).date()


def parsed(path: str, text: Any, read: Callable[[Any], T]) -> T:
    try:
        found = read(text)
        # At the edges of the calendar an instant cannot be moved to another zone.
        if isinstance(found, date) and not 1900 <= found.year < 2200:
            raise ValueError
        return found
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
