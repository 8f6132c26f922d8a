"""A task of the register, from the day it was given to the day somebody confirmed it; kpi follows its own feed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.kpi.domain.facts import CaseFamily, Doc, Event


def route(event: Event) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """The task itself."""
    return ((str(event.subject), event.data),)


def fold(doc: Doc | None, event: Event, piece: Mapping[str, Any]) -> Doc | None:
    """The task after the event."""
    base: Doc = {**(doc or {}), **{name: piece[name] for name in ("number", "kind", "assignee_id")}}
    at = event.occurred_at.isoformat()
    if event.type in ("work_task.assigned.v1", "work_task.extended.v1"):
        # A date that was moved is not missed by the old one.
        return {**{name: value for name, value in base.items() if name != "overdue_at"}, "due_on": piece["due_on"]}
    if event.type in ("work_task.returned.v1", "work_task.confirmed.v1") and "first_check" not in base:
        # row: C-261, AMB-069 what the first check of a measure found stands, whatever a later one does
        base = {**base, "first_check": event.type.split(".")[1], "first_checked_at": at}
    if event.type == "work_task.returned.v1":
        return {name: value for name, value in base.items() if name != "reported_at"}
    named = {
        "work_task.reported.v1": "reported_at",
        "work_task.confirmed.v1": "confirmed_at",
        "work_task.overdue.v1": "overdue_at",
        "work_task.cancelled.v1": "cancelled_at",
    }
    return {**base, named[event.type]: at}


FAMILY = CaseFamily(
    code="work_task",
    source="kpi",
    watches=frozenset(
        {
            "work_task.assigned.v1",
            "work_task.extended.v1",
            "work_task.reported.v1",
            "work_task.returned.v1",
            "work_task.confirmed.v1",
            "work_task.overdue.v1",
            "work_task.cancelled.v1",
        }
    ),
    route=route,
    fold=fold,
)
