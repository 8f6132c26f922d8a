"""Which events a command on a ticket becomes, and how its history shows it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from services.ticketing.domain.clocks import Change
from services.ticketing.domain.commands import ACTIONS
from services.ticketing.domain.facts import Facts

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


def clock_event(change: Change) -> tuple[str, dict[str, Any], datetime | None]:
    """The event of a clock's change: type, data, and when it happened (None: now).

    A breach happened at the first second too late, whenever it was found.
    """
    clock = change.clock
    data: dict[str, Any] = {"clock": clock.code, "due_at": clock.due_at}
    at: datetime | None = None
    match change.what:
        case "started":
            data["from"] = clock.from_at
        case "met" | "breach_withdrawn":
            data["met_at"] = clock.met_at
        case "breached":
            at = clock.breached_at
    return f"clock.{change.what}.v1", data, at


_OTHER_NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "clock.started": ("开始计时", "clock started"),
    "clock.met": ("按时完成", "promise kept"),
    "clock.breached": ("超时", "promise missed"),
    "clock.breach_withdrawn": ("撤回超时", "breach withdrawn"),
    "clock.cancelled": ("停止计时", "clock stopped"),
    "merge": ("并入另一工单", "merged into another case"),
    "merged-in": ("并入重复工单", "a duplicate was merged into it"),
}


def entry_name(action: str) -> tuple[str, str]:
    """How the history names a line, Chinese and English."""
    return ACTIONS.get(action) or _OTHER_NAMES.get(action) or (action, action)


def common(ticket: Mapping[str, Any]) -> dict[str, Any]:
    """What every event about a ticket carries, so that no consumer has to look it up."""
    return {name: ticket[name] for name in ("kind", "number", "unit_id", "reporter_id")}
