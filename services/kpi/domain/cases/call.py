"""A call that came in: whether it was answered, after how many rings, and what became of the matter.

Exchanges tell late and out of order; what a later event says of the same call replaces what an earlier one said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.kpi.domain.facts import CaseFamily, Doc, Event

_SAYS: Mapping[str, tuple[str, ...]] = {
    "call.offered.v1": ("offered_at", "clerk_id"),
    "call.answered.v1": ("offered_at", "clerk_id", "answered_at", "rings", "in_time"),
    "call.missed.v1": ("offered_at", "clerk_id", "ended_at", "outcome"),
    "call.handled.v1": ("affair", "handled_at"),
}


def route(event: Event) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """The call itself."""
    return ((str(event.subject), event.data),)


def fold(doc: Doc | None, event: Event, piece: Mapping[str, Any]) -> Doc | None:
    """The call after the event; one that was answered after all is no longer missed."""
    new: Doc = {"offered_at": event.occurred_at.isoformat(), **(doc or {})}
    new.update({name: piece[name] for name in _SAYS[event.type] if piece.get(name) is not None})
    if event.type == "call.answered.v1":
        new.pop("outcome", None)
    return new


FAMILY = CaseFamily(code="call", source="ticketing", watches=frozenset(_SAYS), route=route, fold=fold)
