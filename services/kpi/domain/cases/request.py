"""What customers ask besides complaints and repairs, from intake to completion: for rates over all cases of theirs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.kpi.domain.cases import work
from services.kpi.domain.facts import CaseFamily, Doc, Event

#: Kinds that come from a customer and end with a completion; what staff find (hazards, incidents) asks no customer.
KINDS = frozenset(
    {
        *("customer_need", "dispute", "dissatisfaction", "gas_counter", "goods_complaint", "inquiry"),
        *("retail_return", "service_request", "suggestion", "water_counter"),
    }
)


def route(event: Event) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """The case an event concerns, if it is of one of these kinds."""
    if event.data.get("kind") not in KINDS:
        return ()
    return ((str(event.data.get("ticket_id") or event.subject), event.data),)


def fold(doc: Doc | None, event: Event, piece: Mapping[str, Any]) -> Doc | None:
    """As a repair's: its intake, its completion and the follow-up call."""
    return work.fold(doc, event, piece)


FAMILY = CaseFamily(
    code="request",
    source="ticketing",
    watches=frozenset(
        {
            *("ticket.created.v1", "ticket.completed.v1", "ticket.cancelled.v1", "ticket.merged.v1"),
            *("revisit.due.v1", "revisit.overdue.v1", "revisit.attempted.v1", "revisit.done.v1"),
        }
    ),
    route=route,
    fold=fold,
)
