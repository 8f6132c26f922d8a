"""Which events a command on a ticket becomes, and how its history shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from services.ticketing.domain.clocks import Change, Clock, ClockSpec, pauses_of, whole
from services.ticketing.domain.commands import ACTIONS
from services.ticketing.domain.facts import Facts
from services.ticketing.domain.limits import Limit, history
from services.ticketing.domain.milestones import LEVEL, MISSED
from services.ticketing.domain.plans import Plan

#: What the owner reads in the history of a case; the rest is for staff.
PUBLIC: Final = frozenset(
    {
        "create",
        "respond",
        "dispatch",
        "arrive",
        "plan",
        "set-deadline",
        "complete",
        "sign",
        "refuse-signature",
        "rate",
        "reopen",
        "cancel",
        "close",
        "acknowledge",
        "pause",
        "resume",
    }
)


def events_of(action: str, facts: Facts, at: datetime) -> tuple[tuple[str, dict[str, Any]], ...]:
    """The events of an action that happened at ``at`` and left these facts, without the fields every event has."""
    data: dict[str, Any]
    match action:
        case "respond":
            return (("ticket.responded.v1", {"responded_at": facts.responded_at}),)
        case "dispatch":
            data = {"assignee_id": facts.assignee_id, "department": facts.department}
            return (("ticket.dispatched.v1", data),)
        case "arrive":
            return (("ticket.arrived.v1", {"arrived_at": facts.arrived_at}),)
        case "plan":
            return (("ticket.plan_sent.v1", {"sent_at": facts.plan_sent_at}),)
        case "classify":
            data = {"urgency": facts.urgency, "complex": facts.complex, "major": facts.major}
            return (("ticket.classified.v1", data),)
        case "set-deadline":
            return (("ticket.deadline_set.v1", {"deadline": facts.deadline, "set_at": facts.deadline_set_at}),)
        case "complete":
            data = {"completed_at": facts.completed_at, "handler_id": facts.handler_id}
            return (("ticket.completed.v1", data),)
        case "rule-validity":
            return (("ticket.validity_ruled.v1", {"valid": facts.valid}),)
        case "rate":
            data = {"score": facts.rating, "satisfied": facts.satisfied, "rated_at": facts.rated_at}
            return (("ticket.rated.v1", data),)
        case "close":
            return (("ticket.closed.v1", {"closed_at": facts.closed_at}),)
        case "refuse-signature" | "reopen":
            return (("ticket.reopened.v1", {"reopened_at": at, "round": facts.rounds}),)
        case "cancel":
            return (("ticket.cancelled.v1", {"cancelled_at": facts.cancelled_at}),)
    return ()


def signed_events(facts: Facts, method: str) -> tuple[tuple[str, dict[str, Any]], ...]:
    """A signature signs off and closes."""
    return (
        ("ticket.signed_off.v1", {"signed_at": facts.signed_at, "method": method}),
        ("ticket.closed.v1", {"closed_at": facts.closed_at}),
    )


def clock_event(
    change: Change, spec: ClockSpec, plan: Plan, facts: Facts, path: Sequence[UUID], now: datetime
) -> tuple[tuple[str, dict[str, Any], datetime | None], ...]:
    """The events of a clock's change: type, data, and when it happened (None: now).

    A breach happened at the first second too late, whenever it was found. How much counted and how much was paused is
    said with the outcome, so that the share of pauses is itself measured.
    """
    clock = change.clock
    data: dict[str, Any] = {"clock": clock.code, "due_at": clock.due_at}
    match change.what:
        case "started":
            return (("clock.started.v1", {**data, "from": clock.from_at}, None),)
        case "replanned":
            assert change.before is not None
            moved = {
                "was_due_at": change.before.due_at,
                "plan_id": clock.plan,
                "cause": "policy" if clock.limit != change.before.limit else "calendar",
            }
            # Whoever only wants to know until when hears it as a clock that runs to another instant now.
            started = ("clock.started.v1", {**data, "from": clock.from_at}, None)
            return ("clock.replanned.v1", {**data, **moved}, None), started
        case "met" | "breach_withdrawn":
            told = {"met_at": clock.met_at, **shares(clock, spec, plan, facts, now)}
            return ((f"clock.{change.what}.v1", {**data, **told}, None),)
        case "breached":
            told = {**shares(clock, spec, plan, facts, now), **audience(spec, plan, facts, path, LEVEL[MISSED])}
            return (("clock.breached.v1", {**data, **told}, clock.breached_at),)
    return ((f"clock.{change.what}.v1", data, None),)


def shares(clock: Clock, spec: ClockSpec, plan: Plan, facts: Facts, now: datetime) -> dict[str, int]:
    """Seconds that counted, and seconds that were paused, from the clock's start to its end or its due time."""
    end = clock.met_at or min(whole(now), clock.due_at)
    limit = clock.limit or Limit("wall", 0)
    counted = paused = timedelta()
    for stretch in history(clock.from_at, end, limit, plan.calendar, pauses_of(spec, facts)):
        counted += stretch.length if stretch.how == "counted" else timedelta()
        paused += stretch.length if stretch.how == "paused" else timedelta()
    return {
        "counted_seconds": int(counted.total_seconds()),
        "paused_seconds": int(paused.total_seconds()),
    }


def audience(
    spec: ClockSpec, plan: Plan, facts: Facts, path: Sequence[UUID], level: int
) -> dict[str, Any]:
    """Whom it concerns, as a value that notify and the desk resolve: the assignee first, then a role on duty.

    ``org_units`` is the community's path; the nearest org unit that has somebody of the role on duty is asked.
    """
    role = plan.roles.get(spec.code, spec.roles[0]) if level == 1 else spec.roles[level - 1]
    return {"level": level, "role": role, "assignee_id": facts.assignee_id, "org_units": list(path)}


_CLOCK_NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "clock.started": ("开始计时", "clock started"),
    "clock.met": ("按时完成", "promise kept"),
    "clock.breached": ("超时", "promise missed"),
    "clock.breach_withdrawn": ("撤回超时", "breach withdrawn"),
    "clock.cancelled": ("停止计时", "clock stopped"),
    "clock.replanned": ("按新的时限或日历重新计算", "planned anew under changed limits or calendar"),
    "clock.warned": ("时限提醒", "warning"),
}


_MERGE_NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "merge": ("并入另一工单", "merged into another case"),
    "merged-in": ("并入重复工单", "a duplicate was merged into it"),
}


_CALL_NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "revisit.overdue": ("回访逾期", "follow-up call overdue"),
    "revisit.corrected": ("回访记录更正", "record of a follow-up call corrected"),
}


def entry_name(action: str) -> tuple[str, str]:
    """How the history names a line, Chinese and English."""
    for names in (ACTIONS, _CLOCK_NAMES, _CALL_NAMES, _MERGE_NAMES):
        if action in names:
            return names[action]
    return action, action


def common(ticket: Mapping[str, Any]) -> dict[str, Any]:
    """What every event about a ticket carries, so that no consumer has to look it up."""
    return {name: ticket[name] for name in ("kind", "number", "unit_id", "reporter_id")}
