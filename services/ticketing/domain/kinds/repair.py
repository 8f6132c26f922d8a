"""Repairs (报修): reception, work slip, work, acceptance (C-001 … C-015).

The documents say 及时 without a number; the shipped default (AMB-116) is: on site within 30 minutes of the request if
urgent, else by the appointment, else within 24 hours; staff are told within 30 minutes, 10 if urgent (B-019). A limit
on completion is a parameter of its own, off until a policy sets it (B-021).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from services.ticketing.domain.clocks import ClockSpec
from services.ticketing.domain.facts import Facts
from services.ticketing.domain.kind import Example, StateSpec, Step, TicketKind, stay
from services.ticketing.domain.kinds._shared import AUTHORITY, FOLLOW_UP, REVIEW
from services.ticketing.domain.limits import wall

AUTO_CLOSE: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Fields:
    """What the work slip (维修任务单) needs besides the common fields."""

    category: Literal[
        "water", "electricity", "gas", "door_window", "drainage", "lift", "access", "structure", "other"
    ] = "other"
    public_area: bool = False
    paid: bool = False


def _by_urgency(code: str) -> Callable[[Facts], str]:
    return lambda facts: f"{code}.urgent" if facts.urgency == "urgent" else code


_OPEN = ("received", "dispatched", "on_site")
_AFTER = ("completed", "reopened", "closed")
_D = timedelta

KIND = TicketKind(
    code="repair",
    zh="报修",
    en="Repair",
    prefix="R",
    policy="repair/1",
    fields=Fields,
    states=(
        StateSpec("received", "已登记", "received"),
        StateSpec("dispatched", "已派工", "dispatched", role="engineer"),
        StateSpec("on_site", "维修中", "in progress", role="engineer"),
        StateSpec("completed", "已完工", "completed"),
        StateSpec("reopened", "返修", "reopened"),
        StateSpec("closed", "已关闭", "closed", final=True),
        StateSpec("cancelled", "已取消", "cancelled", final=True),
    ),
    moves={
        "respond": stay(*_OPEN, *_AFTER),
        "dispatch": {"received": "dispatched", **stay("dispatched", "on_site"), "reopened": "dispatched"},
        "arrive": {
            "received": "on_site",
            "dispatched": "on_site",
            "reopened": "on_site",
            **stay("on_site", "completed", "closed"),
        },
        "classify": stay(*_OPEN),
        "follow-up-note": stay(*_OPEN, *_AFTER),
        "pause": stay(*_OPEN, "reopened"),
        "resume": stay(*_OPEN, "reopened"),
        # row: C-006, C-010 done when the slip is back, and nothing in private: what is done was ordered first
        "complete": dict.fromkeys(("dispatched", "on_site", "reopened"), "completed"),
        "sign": {"completed": "closed"},
        "refuse-signature": {"completed": "reopened"},
        "rate": stay("completed", "closed"),
        "reopen": {"completed": "reopened", "closed": "reopened"},
        "cancel": dict.fromkeys(_OPEN, "cancelled"),
        "close": {"completed": "closed"},
    },
    clocks=(
        ClockSpec(
            "repair.arrival",
            "B-022",
            "维修人员按时上门（紧急30分钟内，否则按预约时间，无预约24小时内）",
            "be on site in time: within 30 minutes if urgent, else by the appointment, else within 24 hours",
            {
                "repair.arrival": wall(hours=24),  # row: AMB-116 without an appointment
                "repair.arrival.urgent": wall(minutes=30),  # row: AMB-116 a burst pipe does not wait
            },
            met=lambda f: f.arrived_at,
            starts=lambda f: f.received_at,
            which=_by_urgency("repair.arrival"),
            # row: B-020 the agreed time is the promise
            agreed=lambda f, due: None if f.urgency == "urgent" else f.appointment,
            pausable=True,
        ),
        ClockSpec(
            "repair.dispatch",
            "B-019",
            "在规定时间内将报修内容通知维修人员",
            "tell the maintenance staff within the set time",
            {"repair.dispatch": wall(minutes=30), "repair.dispatch.urgent": wall(minutes=10)},
            met=lambda f: f.dispatched_at or f.arrived_at,
            starts=lambda f: f.received_at,
            which=_by_urgency("repair.dispatch"),
        ),
        ClockSpec(
            "repair.completion",
            "B-021",
            "派工后按时完成",
            "complete the work in time after it was dispatched",
            {"repair.completion": None, "repair.completion.urgent": None},
            met=lambda f: f.completed_at,
            starts=lambda f: f.dispatched_at or f.received_at,
            which=lambda f: _by_urgency("repair.completion")(f) if f.dispatched_at else None,
            pausable=True,
        ),
        AUTHORITY,
        FOLLOW_UP,
        REVIEW,
    ),
    auto_close=AUTO_CLOSE,
    examples=(
        Example(
            "without an appointment the engineer has 24 hours, to the second",
            (Step("dispatch", _D(minutes=5)), Step("arrive", _D(hours=24)), Step("complete", _D(hours=25))),
            until=_D(hours=26),
            state="completed",
            clocks={"repair.arrival": "met", "repair.dispatch": "met"},
        ),
        Example(
            "with an appointment the appointment is the promise",
            (Step("dispatch", _D(minutes=5)), Step("arrive", _D(hours=6, seconds=1))),
            until=_D(hours=7),
            state="on_site",
            appointment_after=_D(hours=6),
            clocks={"repair.arrival": "breached", "repair.dispatch": "met"},
        ),
        Example(
            "a burst pipe does not wait for the appointment",
            (Step("dispatch", _D(minutes=1)), Step("arrive", _D(minutes=30))),
            until=_D(hours=1),
            state="on_site",
            urgency="urgent",
            appointment_after=_D(hours=6),
            clocks={"repair.arrival": "met", "repair.dispatch": "met"},
        ),
        Example(
            "an unsigned repair closes by itself after a week",
            (Step("dispatch", _D(minutes=5)), Step("arrive", _D(hours=1)), Step("complete", _D(hours=2))),
            until=_D(days=8),
            state="closed",
            clocks={"repair.arrival": "met", "repair.dispatch": "met"},
        ),
    ),
)
