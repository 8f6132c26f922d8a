"""The quarter's survey: when somebody is reminded of it, and when it was not made (C-116, B-118)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Literal

from shared.periods import Period, quarter_of

What = Literal["remind", "missing"]


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant at which a quarter's surveys are looked at."""

    at: datetime
    quarter: Period
    what: What


def moments(quarter: Period, remind_days: int, zone: tzinfo) -> tuple[Moment, Moment]:
    """So many days before a quarter's end, and its end; both at local midnight."""
    end = quarter.end  # the first day after it
    remind = datetime.combine(end - timedelta(days=remind_days), time(), zone).astimezone(UTC)
    over = datetime.combine(end, time(), zone).astimezone(UTC)
    return Moment(remind, quarter, "remind"), Moment(over, quarter, "missing")


def next_after(at: datetime, remind_days: int, zone: tzinfo) -> Moment:
    """The next such instant after one."""
    quarter = quarter_of(at.astimezone(zone).date())
    found = (*moments(quarter, remind_days, zone), *moments(quarter.next(), remind_days, zone))
    return next(one for one in found if one.at > at)


def now_of(at: datetime, remind_days: int, zone: tzinfo) -> Moment | None:
    """The instant itself, if it is one: what a timer that fires at it is about."""
    found = next_after(at - timedelta(seconds=1), remind_days, zone)
    return found if found.at == at else None
