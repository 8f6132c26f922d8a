"""Which clocks of a complaint were kept: the one reading that five indicators share (AMB-023, B-007 to B-010).

The document's own clocks (started by ticketing) say what applies and until when; a record given without clocks
(what-if) is judged by the limits the letter prints, as far as it has the times. A proof that came in late but
happened in time counts, which is how a late entry withdraws a breach.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any, Literal

from services.kpi.domain.facts import Case, Judging
from services.kpi.domain.numbers import Text
from services.kpi.domain.times import in_time, instant, maybe_instant

RESPONSE = "complaint.response"
ONSITE = "complaint.onsite.urgent"
PLAN = "complaint.plan"
DEADLINE_SET = "complaint.complex.deadline_set"
DEADLINE = "complaint.complex.deadline"

# Clocks of our own that stand for one of the catalogue's.
CATALOGUE: Mapping[str, str] = {DEADLINE_SET: DEADLINE}

LIMITS: Mapping[str, timedelta] = {
    RESPONSE: timedelta(minutes=10),
    ONSITE: timedelta(minutes=30),
    PLAN: timedelta(hours=24),
    DEADLINE_SET: timedelta(hours=24),
}
NAMES: Mapping[str, Text] = {
    RESPONSE: Text("10分钟内响应", "response within 10 minutes"),
    ONSITE: Text("紧急投诉30分钟内到场", "on site within 30 minutes (urgent)"),
    PLAN: Text("24小时内反馈初步方案", "plan within 24 hours"),
    DEADLINE_SET: Text("24小时内明确解决时限", "deadline agreed within 24 hours (complex)"),
    DEADLINE: Text("在约定时限内解决", "solved by the agreed deadline"),
}


@dataclass(frozen=True, slots=True)
class Clock:
    """One promise on one complaint: until when, when it was kept, and since when the answer is known."""

    code: str
    due_at: datetime
    done_at: datetime | None
    state: Literal["met", "late", "open"]

    @property
    def decided_at(self) -> datetime | None:
        """When the answer was known: the act that kept the promise, or the limit that passed without it."""
        return {"met": self.done_at, "late": self.due_at, "open": None}[self.state]

    def as_json(self) -> dict[str, Any]:
        """How evidence shows the clock."""
        return {
            "clock": self.code,
            "title": NAMES[self.code].as_json(),
            "state": self.state,
            "due_at": self.due_at.isoformat(),
            "done_at": self.done_at.isoformat() if self.done_at else None,
        }


def received(case: Case) -> datetime:
    """When the owner told us, which starts every clock and decides the period (AMB-109). Raises ValueError when
    missing."""
    if "received_at" not in case.doc:
        raise ValueError("received_at is missing")
    return instant(case.doc["received_at"], case.zone)


def clocks(case: Case, judging: Judging) -> list[Clock]:
    """All clocks that apply to a complaint, in the order of the letter."""
    doc, start = case.doc, received(case)
    known: Mapping[str, Mapping[str, Any]] = doc.get("clocks") or {}
    urgent = doc.get("urgency") == "urgent" or _missed(known.get(ONSITE))
    found = [_clock(RESPONSE, start, doc.get("responded_at"), known, case.zone, judging)]
    # row: AMB-023 every clock of the case counts
    if urgent and (ONSITE in known or doc.get("arrived_at") is not None):
        found.append(_clock(ONSITE, start, doc.get("arrived_at"), known, case.zone, judging))
    if PLAN in known or doc.get("plan_sent_at") is not None:
        found.append(_clock(PLAN, start, doc.get("plan_sent_at"), known, case.zone, judging))
    complex_ = doc["complex"] if doc.get("complex") is not None else doc.get("deadline") is not None
    if complex_ or _missed(known.get(DEADLINE)):
        found.extend(_complex(case, start, known, judging))
    return found


def _complex(case: Case, start: datetime, known: Mapping[str, Mapping[str, Any]], judging: Judging) -> list[Clock]:
    """A complex complaint: a deadline is agreed no later than the plan is due, and then kept until it is solved
    (B-010)."""
    doc, zone = case.doc, case.zone
    plan_due = maybe_instant(judging.own(known, PLAN).get("due_at"), zone) or judging.until(start, LIMITS[PLAN])
    deadline = maybe_instant(doc.get("deadline"), zone)
    started = known.get(DEADLINE) or {}
    found = []
    if doc.get("deadline_set_at") is not None or deadline is None:
        # A breach of the agreed-deadline clock before any deadline was agreed is the breach of agreeing one.
        missed = _missed(started) and deadline is None
        found.append(_judge(DEADLINE_SET, plan_due, maybe_instant(doc.get("deadline_set_at"), zone), missed, judging))
    if deadline is not None:
        breached = _missed(started) and maybe_instant(started.get("due_at"), zone) == deadline
        found.append(_judge(DEADLINE, deadline, maybe_instant(doc.get("completed_at"), zone), breached, judging))
    return found


def _missed(clock: Mapping[str, Any] | None) -> bool:
    return bool(clock and clock.get("breached"))


def _clock(
    code: str, start: datetime, done: object, known: Mapping[str, Mapping[str, Any]], zone: tzinfo, judging: Judging
) -> Clock:
    own = judging.own(known, code)
    due = maybe_instant(own.get("due_at"), zone) or judging.until(start, LIMITS[code])
    # The clock's own record stands in where the act itself has no field of its own, never against it.
    return _judge(
        code, due, maybe_instant(done if done is not None else own.get("met_at"), zone), _missed(own), judging
    )


def _judge(code: str, due: datetime, done: datetime | None, breached: bool, judging: Judging) -> Clock:
    if done is not None:
        return Clock(code, due, done, "met" if in_time(done, due) else "late")
    passed = judging.as_at is not None and not in_time(judging.as_at, due)
    # By a calendar that is tried, what was breached by the one that held may still run.
    late = passed or (breached and judging.calendar is None)
    return Clock(code, due, None, "late" if late else "open")
