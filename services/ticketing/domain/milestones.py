"""When somebody is told that a promise is running out: at 50 and 80 % of its budget, when it is missed, at 150 %.

The shares are of counted time, so a pause moves them. At night only what cannot wait goes out: a clock of a few hours
around the clock wakes people, one that runs in working hours or has more than four hours does not; its warnings are
told together when the night ends. A miss is an event at its own moment, always.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from fractions import Fraction
from typing import Final

from services.ticketing.domain.clocks import Clock, fire_at, whole
from services.ticketing.domain.limits import Pause, moment
from services.ticketing.domain.plans import Plan

MISSED: Final = 100
#: Percent of the budget, and which level hears of it: 1 those on duty, 2 and 3 those above them.
BEFORE: Final = (50, 80)
LONG_AFTER: Final = 150
LEVEL: Final = {50: 1, 80: 1, MISSED: 2, LONG_AFTER: 3}


@dataclass(frozen=True, slots=True)
class Milestone:
    """A share of the budget (percent), when it is reached and when it is told: later only where the night holds it."""

    percent: int
    at: datetime
    told_at: datetime

    @property
    def held(self) -> bool:
        """Whether the night holds it."""
        return self.told_at > self.at


def holds(clock: Clock, plan: Plan) -> bool:
    """Whether a clock's warnings wait for the morning."""
    limit = clock.limit
    return limit is not None and (limit.by_calendar or limit.length > plan.habits.hold_above)


def morning(at: datetime, plan: Plan) -> datetime:
    """The instant itself, or the end of the night that it falls in."""
    begin, end = plan.habits.night
    local = at.astimezone(plan.calendar.zone)
    minute = local.hour * 60 + local.minute
    inside = begin <= minute < end if begin <= end else (minute >= begin or minute < end)
    if not inside:
        return at
    day = local.date() + timedelta(days=1 if begin > end and minute >= begin else 0)
    woken = datetime.combine(day, time(end // 60, end % 60), plan.calendar.zone)
    return woken.astimezone(at.tzinfo)


def _milestone(clock: Clock, plan: Plan, pauses: Sequence[Pause], percent: int) -> Milestone:
    assert clock.limit is not None
    at = moment(clock.from_at, clock.limit, plan.calendar, pauses, share=Fraction(percent, 100))
    return Milestone(percent, at, morning(at, plan) if holds(clock, plan) else at)


def _open(clock: Clock, plan: Plan, pauses: Sequence[Pause]) -> list[Milestone]:
    """What is still to be told of a clock, besides the miss itself."""
    if clock.limit is None or clock.met_at is not None:
        return []
    shares = {"running": BEFORE, "breached": (LONG_AFTER,)}.get(clock.state, ())
    return [_milestone(clock, plan, pauses, percent) for percent in shares if percent > clock.warned]


def to_tell(clock: Clock, plan: Plan, pauses: Sequence[Pause], now: datetime) -> Milestone | None:
    """The highest share that has been reached and not been told; lower ones need no message of their own any more."""
    reached = [m for m in _open(clock, plan, pauses) if whole(m.told_at) <= whole(now)]
    return reached[-1] if reached else None


def wake_at(clock: Clock, plan: Plan, pauses: Sequence[Pause], now: datetime) -> datetime | None:
    """When the clock's one timer has to fire next; None when nothing is to come.

    A missed clock wakes once more at 150 %; nothing holds back the second in which a clock is missed.
    """
    nexts = [max(m.told_at, whole(now)) for m in _open(clock, plan, pauses)]
    if clock.state == "running":
        nexts.append(fire_at(clock.due_at))
    return min(nexts, default=None)
