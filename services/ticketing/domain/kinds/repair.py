"""Repairs (报修): reception, work slip, work, acceptance (C-001 … C-015).

The documents say 及时 without a number; the shipped default (AMB-116) is: on site within 30 minutes of the request if
urgent, else by the appointment, else within 24 hours. A completion limit would be a parameter of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from services.ticketing.domain.clocks import ClockSpec
from services.ticketing.domain.facts import Facts
from services.ticketing.domain.kind import Example, StateSpec, Step, TicketKind, stay

URGENT_LIMIT: Final = timedelta(minutes=30)
ARRIVAL_LIMIT: Final = timedelta(hours=24)
AUTO_CLOSE: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Fields:
    """What the work slip (维修任务单) needs besides the common fields."""

    category: Literal[
        "water", "electricity", "gas", "door_window", "drainage", "lift", "access", "structure", "other"
    ] = "other"
    public_area: bool = False
    paid: bool = False


def _arrival_due(facts: Facts) -> datetime:
    # row: AMB-116 an urgent repair does not wait for an appointment
    if facts.urgency == "urgent":
        return facts.received_at + URGENT_LIMIT
    # row: B-020, AMB-116 the appointment is the promise, else 24 hours
    return facts.appointment or facts.received_at + ARRIVAL_LIMIT


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
        StateSpec("dispatched", "已派工", "dispatched"),
        StateSpec("on_site", "维修中", "in progress"),
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
        # row: C-006 the work is done when the slip is back
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
            due=_arrival_due,
            met=lambda f: f.arrived_at,
            starts=lambda f: f.received_at,
        ),
    ),
    auto_close=AUTO_CLOSE,
    examples=(
        Example(
            "without an appointment the engineer has 24 hours, to the second",
            (Step("dispatch", _D(minutes=5)), Step("arrive", _D(hours=24)), Step("complete", _D(hours=25))),
            until=_D(hours=26),
            state="completed",
            clocks={"repair.arrival": "met"},
        ),
        Example(
            "with an appointment the appointment is the promise",
            (Step("dispatch", _D(minutes=5)), Step("arrive", _D(hours=6, seconds=1))),
            until=_D(hours=7),
            state="on_site",
            appointment_after=_D(hours=6),
            clocks={"repair.arrival": "breached"},
        ),
        Example(
            "a burst pipe does not wait for the appointment",
            (Step("dispatch", _D(minutes=1)), Step("arrive", _D(minutes=30))),
            until=_D(hours=1),
            state="on_site",
            urgency="urgent",
            appointment_after=_D(hours=6),
            clocks={"repair.arrival": "met"},
        ),
        Example(
            "an unsigned repair closes by itself after a week",
            (Step("dispatch", _D(minutes=5)), Step("arrive", _D(hours=1)), Step("complete", _D(hours=2))),
            until=_D(days=8),
            state="closed",
            clocks={"repair.arrival": "met"},
        ),
    ),
)
