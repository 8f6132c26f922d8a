"""Safety hazards (隐患): found, registered with a deadline, rectified by the company or the user, verified by another.

A hazard is never deleted and never taken back (G-018): what was told wrongly is corrected with a reason, and the
history keeps what stood there before. Hazards found in a period and those still open from before both count (AMB-098),
so events carry when each was found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from services.ticketing.domain.deeds import Deed, Nothing
from services.ticketing.domain.facts import Facts
from services.ticketing.domain.kind import Example, StateSpec, Step, TicketKind, stay
from services.ticketing.domain.kinds._kit import FIELD, LEADS, SERVING, Reasoned, at, finishing, promise, send_back
from services.ticketing.domain.kinds._shared import AUTHORITY
from services.ticketing.domain.ticket_errors import TicketInvalid
from shared.errors import FieldError

#: Who runs the register, and who may find that a thing was put right: not those who serve the user on the phone.
REGISTRARS: Final = frozenset({"safety", "engineer"}) | LEADS
VERIFIERS: Final = frozenset({"safety", "engineer"})
#: Who enters what was found; an owner who sees something reports a repair, and staff judge its level.
FINDERS: Final = SERVING | FIELD | {"qa"}
#: Who puts a thing right, or tells that the user did.
RECTIFIERS: Final = FIELD | LEADS | {"clerk", "butler"}

# row: C-152, AMB-043 a leak is a level of its own beside the others of the first
Level = Literal["1_leak", "1", "2", "3"]
Party = Literal["company", "user"]
# row: C-154 appliances that have targets of their own
Appliance = Literal[
    "flueless_water_heater",
    "cooker_without_flameout_protection",
    "rubber_hose_over_3_years",
    "new_user_metal_hose",
    "high_rise_alarm_and_valve",
    "riser",
    "fire_equipment",
    "passage",
    "electrical",
    "other",
]


@dataclass(frozen=True, slots=True)
class Fields:
    """The register's entry (C-151). ``found_in``: home inspections are rectified at once (B-039)."""

    level: Level
    # row: C-153 whoever has to rectify decides which rate it counts in
    party: Party = "company"
    appliance: Appliance = "other"
    finder_id: UUID | None = None
    found_in: Literal["home_inspection", "patrol", "inspection", "daily_work", "report", "other"] = "daily_work"
    # row: C-163 tickets of holding or regional inspectors: red or yellow line
    line: Literal["", "yellow", "red"] = ""
    source_id: str = ""  # the danger source it belongs to


@dataclass(frozen=True, slots=True)
class Entry:
    """Into the register, with the time by which it has to be put right."""

    deadline: datetime


@dataclass(frozen=True, slots=True)
class Assignee:
    """Who has to put it right: somebody of ours, a department, or the user."""

    assignee_id: UUID | None = None
    department: str | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """What was told wrongly, and why it is changed."""

    reason: str
    level: Level | None = None
    party: Party | None = None
    appliance: Appliance | None = None
    line: Literal["", "yellow", "red"] | None = None


def _register(facts: Facts, at: datetime, given: Mapping[str, Any]) -> Facts:
    deadline: datetime = given["deadline"].replace(microsecond=0)
    # row: B-029 rectification has a deadline, and one that can be kept
    if deadline <= at:
        told = ("整改期限须晚于登记时间", "The deadline must lie after the entry in the register")
        raise TicketInvalid(fields=[FieldError("fields.deadline", *told)])
    return replace(facts, deadline=deadline, deadline_set_at=at)


def _assign(facts: Facts, at: datetime, given: Mapping[str, Any]) -> Facts:
    return replace(
        facts,
        assignee_id=given.get("assignee_id") or facts.assignee_id,
        department=given.get("department") or facts.department,
        dispatched_at=min(at, facts.dispatched_at or at),
    )


def _entry(facts: Facts) -> dict[str, Any]:
    """What indicators count by; never who found it."""
    entry = {name: facts.fields.get(name) for name in ("level", "party", "appliance", "found_in")}
    return {**entry, "line": facts.fields.get("line") or None, "found_at": facts.received_at}


_BEFORE: Final = ("found", "registered", "assigned", "rectifying")
_ALL: Final = (*_BEFORE, "rectified", "verified", "closed")
_D: Final = timedelta
_REGISTER: Final = Step("register", _D(minutes=10), args={"deadline_after": _D(days=3)})

KIND = TicketKind(
    code="hazard",
    zh="安全隐患",
    en="Safety hazard",
    prefix="Y",
    policy="hazard/1",
    fields=Fields,
    states=(
        StateSpec("found", "已发现", "found", role="safety"),
        StateSpec("registered", "已登记", "registered", role="safety"),
        StateSpec("assigned", "已下达整改", "assigned", role="engineer"),
        StateSpec("rectifying", "整改中", "being rectified", role="engineer"),
        StateSpec("rectified", "已整改", "rectified", role="safety"),
        StateSpec("verified", "已复查", "verified", role="safety"),
        StateSpec("closed", "已销号", "closed", final=True),
    ),
    # row: G-018, C-156 nothing leads out of the register but rectification: no deletion, no withdrawal
    moves={
        "register": {"found": "registered"},
        "assign": {"registered": "assigned", **stay("assigned", "rectifying")},
        "begin": {"registered": "rectifying", "assigned": "rectifying", **stay("rectifying", "rectified")},
        "complete": dict.fromkeys(("registered", "assigned", "rectifying"), "rectified"),
        # row: C-155 the loop closes when somebody has looked
        "verify": {"rectified": "verified"},
        "send-back": {"rectified": "rectifying"},
        "finish": {"verified": "closed"},
        # row: G-017 what was told wrongly is corrected by an entry of its own
        "correct": stay(*_ALL),
        "arrive": stay(*_ALL),
        "follow-up-note": stay(*_ALL),
    },
    deeds=(
        # row: C-151 every hazard is entered in the register
        Deed("register", "登记在册", "registered", REGISTRARS, Entry, effect=_register, stamp="registered_at"),
        Deed("assign", "下达整改", "assigned", REGISTRARS, Assignee, effect=_assign),
        Deed("begin", "开始整改", "begun", RECTIFIERS, Nothing, stamp="begun_at"),
        Deed("verify", "复查合格", "verified", VERIFIERS, Nothing, stamp="verified_at", second=True),
        Deed("send-back", "复查不合格", "sent back", VERIFIERS, Reasoned, effect=send_back, second=True),
        Deed("correct", "更正", "corrected", REGISTRARS | {"qa"}, Correction),
        finishing(REGISTRARS, second=True),
    ),
    actors={"create": FINDERS, "complete": RECTIFIERS},
    tells={
        "create": ("hazard.opened.v1", _entry),
        "correct": ("hazard.corrected.v1", _entry),
        "complete": ("hazard.rectified.v1", lambda f: {**_entry(f), "rectified_at": f.completed_at}),
        "verify": ("hazard.verified.v1", lambda f: {**_entry(f), "verified_at": f.time("verified_at")}),
    },
    clocks=(
        AUTHORITY,
        promise(
            "hazard.report.now",
            "B-036",
            "发现隐患立即上报",
            "report a hazard as soon as it is found",
            at("registered_at"),
            roles=("safety", "supervisor", "project_manager"),
        ),
        promise(
            "nonconformity.deadline",
            "B-029",
            "在限定期限内完成整改",
            "rectify within the deadline that was set",
            lambda f: f.completed_at,
            agreed=lambda f, due: f.deadline,
            roles=("engineer", "safety", "project_manager"),
        ),
        promise(
            "hazard.rectify.now",
            "B-039",
            "入户安检发现的隐患立即整改",
            "rectify at once what a home inspection finds",
            lambda f: f.completed_at,
            which=lambda f: "" if f.fields.get("found_in") == "home_inspection" else None,
            roles=("engineer", "safety", "project_manager"),
        ),
    ),
    examples=(
        Example(
            "registered, assigned, rectified on the last second of its deadline, verified and closed",
            (
                _REGISTER,
                Step("assign", _D(hours=1), args={"department": "工程部"}),
                Step("begin", _D(hours=2)),
                Step("complete", _D(days=3)),
                Step("verify", _D(days=4)),
                Step("finish", _D(days=4)),
            ),
            until=_D(days=5),
            state="closed",
            clocks={"nonconformity.deadline": "met"},
            fields={"level": "1_leak"},
        ),
        Example(
            "rectified a second late",
            (_REGISTER, Step("complete", _D(days=3, seconds=1))),
            until=_D(days=4),
            state="rectified",
            clocks={"nonconformity.deadline": "breached"},
            fields={"level": "2", "party": "user"},
        ),
        Example(
            "found not to be in order, put right after all; its level was told wrongly",
            (
                _REGISTER,
                Step("correct", _D(minutes=20), args={"level": "1", "reason": "无泄漏"}),
                Step("complete", _D(hours=2)),
                Step("send-back", _D(hours=3), args={"reason": "接头仍松动"}),
                Step("complete", _D(hours=4)),
                Step("verify", _D(hours=5)),
            ),
            until=_D(hours=6),
            state="verified",
            clocks={"nonconformity.deadline": "met"},
            fields={"level": "1_leak", "appliance": "rubber_hose_over_3_years"},
        ),
    ),
)
