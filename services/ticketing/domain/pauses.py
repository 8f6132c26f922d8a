"""Pauses of a case: why one may pause, what is paused, and which pauses somebody else has to approve.

What people tell are marks: "paused from here" and "going on from here", each with the time it happened, in whatever
order they are told. What is paused follows from all marks together, so the order of telling never matters. Each pause
has an end from the start, so a due time is known at every moment; going on earlier only cuts it short.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from services.ticketing.domain.limits import Pause
from services.ticketing.domain.plans import Habits

#: Why a case may stand still, Chinese and English.
CAUSES: Final[Mapping[str, tuple[str, str]]] = {
    "waiting_owner": ("等待业主答复或在家", "waiting for the owner"),
    "parts": ("等待配件", "waiting for parts"),
    "third_party": ("等待第三方（厂家、市政、其他单位）", "waiting for a third party"),
    "weather": ("天气原因无法施工", "the weather does not allow the work"),
    "access_refused": ("无法入户或被拒绝进入", "no access, or access refused"),
    "authority": ("等待主管部门批准", "waiting for an authority's permission"),
    "expenditure": ("等待费用审批", "waiting for an expenditure to be approved"),
}

Cause = Literal[
    "waiting_owner", "parts", "third_party", "weather", "access_refused", "authority", "expenditure"
]


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing told: a pause with its latest end, or (``until`` None) that the case goes on."""

    at: datetime
    until: datetime | None = None


def paused(marks: Iterable[Mark]) -> tuple[Pause, ...]:
    """The times that are paused, in order: each from its mark to its end, or to the first going-on after it."""
    told = list(marks)
    going_on = sorted(m.at for m in told if m.until is None)
    found = []
    for mark in told:
        if mark.until is None:
            continue
        end = min((at for at in going_on if mark.at < at < mark.until), default=mark.until)
        found.append(Pause(mark.at, end))
    return tuple(sorted(found, key=lambda p: (p.start, p.end)))


def at_instant(pauses: Sequence[Pause], at: datetime) -> Pause | None:
    """The pause that an instant lies in."""
    return next((p for p in pauses if p.start <= at < p.end), None)


Why = Literal["long", "further", "reaches_back"]


def wants_approval(
    wanted: Pause, earlier: Sequence[Pause], missed_at: Sequence[datetime], habits: Habits
) -> Why | None:
    """Why a pause needs somebody else's approval before it counts; None when it does not.

    ``missed_at`` are the due times of clocks missed already that the pause would move: told in time, such a pause is a
    clerk's; told after the miss, it takes a miss back.
    """
    if any(wanted.start < due for due in missed_at):
        return "reaches_back"
    if wanted.end - wanted.start > habits.pause_limit:
        return "long"
    if len(earlier) >= habits.pauses:
        return "further"
    return None
