"""A repair or hotline case from intake to its end: folded as a complaint is, with acceptance and the returned slip."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.kpi.domain.cases import complaint
from services.kpi.domain.facts import CaseFamily, Doc, Event

KINDS = frozenset({"repair", "gas_repair", "heating_repair", "hotline", "water_hotline"})


def route(event: Event) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """The case an event concerns, if it is of one of these kinds."""
    if event.data.get("kind") not in KINDS:
        return ()
    return ((str(event.data.get("ticket_id") or event.subject), event.data),)


def fold(doc: Doc | None, event: Event, piece: Mapping[str, Any]) -> Doc | None:
    """The case after the event. What the last check of the work found stands."""
    if event.type == "ticket.created.v1":
        return {**(complaint.fold(doc, event, piece) or {}), "kind": piece["kind"]}
    if doc is None:
        return None
    if event.type == "ticket.accepted.v1":
        return {**doc, "accepted": bool(piece["accepted"]), "checked_at": piece["checked_at"]}
    if event.type in ("revisit.due.v1", "revisit.overdue.v1"):
        told = {"revisit_due_at": piece["due_at"]}
        return {**doc, **told, "revisit_overdue": event.type == "revisit.overdue.v1"}
    if event.type == "ticket.slip_returned.v1":
        return {**doc, "slip_returned_at": piece["returned_at"]}
    if event.type == "ticket.dispatched.v1":
        return {**doc, "dispatched_at": doc.get("dispatched_at") or event.occurred_at.isoformat()} | {
            name: piece[name] for name in ("assignee_id",) if piece.get(name) is not None
        }
    return complaint.fold(doc, event, piece)


FAMILY = CaseFamily(
    code="work",
    source="ticketing",
    watches=frozenset(
        {
            "ticket.accepted.v1",
            "ticket.slip_returned.v1",
            "revisit.due.v1",
            "revisit.overdue.v1",
            *complaint.FAMILY.watches,
        }
    ),
    route=route,
    fold=fold,
)
