"""A visit to the desk: who received it, what became of the matter, and whether a sampled greeting was as it should."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.kpi.domain.facts import CaseFamily, Doc, Event

_SAYS: Mapping[str, tuple[str, ...]] = {
    "visit.received.v1": ("received_at", "received_by", "unit_id"),
    "visit.handled.v1": ("affair", "ticket_id", "handled_at"),
    "visit.observed.v1": ("greeted", "observed_at"),
}


def route(event: Event) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """The visit itself."""
    return ((str(event.subject), event.data),)


def fold(doc: Doc | None, event: Event, piece: Mapping[str, Any]) -> Doc | None:
    """The visit after the event."""
    return {**(doc or {}), **{name: piece[name] for name in _SAYS[event.type] if piece.get(name) is not None}}


FAMILY = CaseFamily(code="visit", source="ticketing", watches=frozenset(_SAYS), route=route, fold=fold)
