"""Complaints (投诉): the whole process of 003.64, B-007 to B-011, and the follow-up call B-013 (C-016 … C-035).

Limits count from receipt, around the clock unless a policy says otherwise; nothing pauses the three of 003.64 and the
call. A complaint ends with the owner's signature; only a major one may be closed by a recorded decision of the general
manager instead (AMB-105). A deadline of a complex complaint counts only when it was agreed within the 24 hours of the
plan; who classifies a case as complex later than that is late (B-010).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from services.ticketing.domain.clocks import ClockSpec, in_time
from services.ticketing.domain.facts import Facts
from services.ticketing.domain.kind import Example, Gate, StateSpec, Step, TicketKind, stay
from services.ticketing.domain.kinds import _consequences, _major
from services.ticketing.domain.kinds._shared import AUTHORITY, FOLLOW_UP, REVIEW
from services.ticketing.domain.limits import wall

#: The plan's limit is also that of agreeing a deadline (B-010).
PLAN_LIMIT: Final = wall(hours=24)


@dataclass(frozen=True, slots=True)
class Fields:
    """What a complaint is about, kept apart because separate targets count them (C-030)."""

    # row: C-030, C-033 attitude, initiative and quality have targets of their own, and so has security
    topic: Literal[
        "service_attitude",
        "staff_initiative",
        "service_quality",
        "facility",
        "order",
        "security",
        "environment",
        "fees",
        "other",
    ] = "other"
    # row: C-037 rude words, no smile, a quarrel, unequal treatment: a courtesy fault is a complaint that names it
    courtesy: Literal["", "rude_words", "no_smile", "quarrel", "unequal_treatment"] = ""
    collective: bool = False
    media_exposed: bool = False


def _received(facts: Facts) -> datetime:
    return facts.received_at


def _agreed(facts: Facts, plan_due: datetime | None) -> datetime | None:
    """Until a deadline is agreed the promise is to agree one in time; then it is the deadline itself."""
    set_at = facts.deadline_set_at
    if facts.deadline is None or set_at is None or plan_due is None or not in_time(set_at, plan_due):
        return None
    return facts.deadline


_LEADER = "supervisor"  # row: C-016 the supervisor leads the whole process
_OPEN = ("received", "responded", "on_site", "planned")
_AFTER = ("handled", "reopened", "closed")
_D = timedelta

KIND = TicketKind(
    code="complaint",
    zh="投诉",
    en="Complaint",
    prefix="C",
    policy="complaint/1",
    fields=Fields,
    states=(
        StateSpec("received", "已受理", "received"),
        StateSpec("responded", "已响应", "responded to", role=_LEADER),
        StateSpec("on_site", "已到场", "visited on site", role=_LEADER),
        StateSpec("planned", "已反馈方案", "planned", role=_LEADER),
        StateSpec("handled", "已处理", "handled", role=_LEADER),
        StateSpec("reopened", "重新处理", "reopened", role=_LEADER),
        StateSpec("closed", "已结案", "closed", final=True),
        StateSpec("cancelled", "已撤销", "cancelled", final=True),
    ),
    moves={
        # row: C-018 a response is recorded with its time
        "respond": {"received": "responded", **stay("responded", "on_site", "planned", *_AFTER)},
        "dispatch": stay(*_OPEN, "reopened"),
        # row: C-019 being on site is recorded with its time and finding
        "arrive": {
            "received": "on_site",
            "responded": "on_site",
            **stay("on_site", "planned", *_AFTER),
        },
        # row: C-020 the preliminary plan goes back to the owner
        "plan": {"responded": "planned", "on_site": "planned", **stay("planned", *_AFTER)},
        "classify": stay(*_OPEN),
        # row: C-021 a complex complaint gets an explicit deadline
        "set-deadline": stay(*_OPEN),
        "follow-up-note": stay(*_OPEN, *_AFTER),
        "pause": stay(*_OPEN, "reopened"),
        "resume": stay(*_OPEN, "reopened"),
        # row: C-022 validity is proposed
        "propose-validity": stay(*_OPEN, *_AFTER),
        # row: C-022 and ruled by somebody whose letter does not count it
        "rule-validity": stay(*_OPEN, *_AFTER),
        # row: C-024 handled by the department concerned, before anybody signs or is called
        "complete": {"planned": "handled", "reopened": "handled"},
        # row: C-026, D-085 the owner's signature closes a complaint, no clerk
        "sign": {"handled": "closed"},
        # row: AMB-105 a refusal keeps it open
        "refuse-signature": {"handled": "reopened"},
        # row: AMB-105 or the general manager's recorded decision where nobody signs, never by itself
        "decide-unsigned": {"handled": "closed"},
        "rate": stay("handled", "closed"),
        "reopen": {"handled": "reopened", "closed": "reopened"},
        "cancel": dict.fromkeys(_OPEN, "cancelled"),
        "propose-major": stay(*_OPEN, "handled", "reopened"),
        "raise-major": stay(*_OPEN, "handled", "reopened"),
        "lower-major": stay(*_OPEN, *_AFTER),
        "handle-major": stay(*_OPEN, *_AFTER),
        "coordinate": stay(*_OPEN, "handled", "reopened"),
        **{deed.code: stay(*_OPEN, *_AFTER) for deed in _consequences.DEEDS},
    },
    deeds=(*_major.DEEDS, *_consequences.DEEDS),
    tells={
        **_consequences.TELLS,
        "raise-major": ("ticket.classified.v1", _major.classified),
        "lower-major": ("ticket.classified.v1", _major.classified),
    },
    clocks=(
        ClockSpec(
            "complaint.response",
            "B-007",
            "接到投诉后10分钟内响应",
            "respond within 10 minutes of receipt",
            {"complaint.response": wall(minutes=10)},
            met=lambda f: f.responded_at,
            starts=_received,
            firm=True,
        ),
        ClockSpec(
            "complaint.onsite.urgent",
            "B-008",
            "紧急投诉30分钟内到达现场核实",
            "be on site within 30 minutes of receipt of an urgent complaint",
            {"complaint.onsite.urgent": wall(minutes=30)},
            met=lambda f: f.arrived_at,
            starts=_received,
            firm=True,
            which=lambda f: "" if f.urgency == "urgent" else None,  # row: AMB-025 the urgent class alone
        ),
        ClockSpec(
            "complaint.plan",
            "B-009",
            "24小时内反馈初步处理方案",
            "send a preliminary plan within 24 hours of receipt",
            {"complaint.plan": PLAN_LIMIT},
            met=lambda f: f.plan_sent_at,
            starts=_received,  # row: AMB-024 from receipt, not from the visit
            firm=True,
        ),
        ClockSpec(
            "complaint.complex.deadline",
            "B-010",
            "复杂投诉24小时内约定解决时限，并在时限内处理完毕",
            "agree a deadline for a complex complaint within 24 hours of receipt, and keep it",
            {"complaint.plan": PLAN_LIMIT},
            met=lambda f: f.completed_at,
            starts=_received,
            which=lambda f: "" if f.complex else None,
            agreed=_agreed,
            movable=True,
        ),
        ClockSpec(
            "complaint.resolution",
            "B-015",
            "在规定期限内解决",
            "solve it within the set limit",
            {"complaint.resolution": None},  # T001N: 3 working days; a policy sets it
            met=lambda f: f.completed_at,
            starts=_received,
            pausable=True,
        ),
        ClockSpec(
            "complaint.rectification",
            "B-028",
            "有效投诉按期整改",
            "put a valid complaint right within the set limit",
            {"complaint.rectification": None},
            met=lambda f: f.completed_at,
            starts=_received,
            which=lambda f: "" if f.valid else None,
            pausable=True,
        ),
        _major.TIMELINESS,
        AUTHORITY,
        FOLLOW_UP,
        REVIEW,
    ),
    gates=(
        Gate(
            "complaint.signoff",
            "B-011",
            "业主签字确认后方可结案",
            "closes only with the owner's signature",
            met=lambda f: f.signed_at,
        ),
    ),
    # row: C-025, C-051 every handled complaint is followed up by phone
    revisit=ClockSpec(
        "revisit.48h",
        "B-013",
        "处理完毕后48小时内电话回访",
        "call the owner within 48 hours of completion",
        {"revisit.48h": wall(hours=48)},
        met=lambda f: f.contacted_at,
        starts=lambda f: f.completed_at or f.received_at,
        which=lambda f: "" if f.completed_at else None,
        firm=True,
    ),
    examples=(
        Example(
            "the last second counts",
            (Step("respond", _D(minutes=10)),),
            until=_D(hours=1),
            state="responded",
            clocks={"complaint.response": "met", "complaint.plan": "running"},
        ),
        Example(
            "one second more is late",
            (Step("respond", _D(minutes=10, seconds=1)),),
            until=_D(hours=1),
            state="responded",
            clocks={"complaint.response": "breached", "complaint.plan": "running"},
        ),
        Example(
            "a slip entered later withdraws the breach",
            (Step("respond", _D(minutes=9), told_after=_D(hours=2)),),
            until=_D(hours=3),
            state="responded",
            clocks={"complaint.response": "withdrawn", "complaint.plan": "running"},
        ),
        Example(
            "an urgent complaint, and complex besides, with everything in time",
            (
                Step("respond", _D(minutes=2)),
                Step("arrive", _D(minutes=30)),
                Step("classify", _D(hours=2), args={"complex": True}),
                Step("set-deadline", _D(hours=3), args={"deadline_after": _D(hours=72)}),
                Step("plan", _D(hours=24)),
                Step("complete", _D(hours=72)),
                Step("sign", _D(hours=80)),
            ),
            until=_D(hours=90),
            state="closed",
            urgency="urgent",
            clocks={
                "complaint.response": "met",
                "complaint.onsite.urgent": "met",
                "complaint.plan": "met",
                "complaint.complex.deadline": "met",
            },
        ),
        Example(
            "a deadline agreed after the 24 hours is late even when it is kept",
            (
                Step("respond", _D(minutes=1)),
                Step("classify", _D(hours=1), args={"complex": True}),
                Step("plan", _D(hours=2)),
                Step("set-deadline", _D(hours=25), args={"deadline_after": _D(hours=72)}),
                Step("complete", _D(hours=70)),
            ),
            until=_D(hours=71),
            state="handled",
            clocks={
                "complaint.response": "met",
                "complaint.plan": "met",
                "complaint.complex.deadline": "breached",
            },
        ),
        Example(
            "reclassifying does not remove what was missed",
            (
                Step("classify", _D(hours=1), args={"urgency": "normal"}),
                Step("respond", _D(hours=1)),
            ),
            until=_D(hours=2),
            state="responded",
            urgency="urgent",
            clocks={
                "complaint.response": "breached",
                "complaint.onsite.urgent": "breached",
                "complaint.plan": "running",
            },
        ),
    ),
)
