"""An incident: when it happened, and what was ruled of it by the definition set of each letter (C-165 to C-175)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.kpi.domain.facts import CaseFamily, Doc, Event

_RULED = ("event_class", "level", "by_dereliction", "loss_fen", "casualties", "ruled_at")


def route(event: Event) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """The incident itself."""
    return ((str(event.subject), event.data),)


def fold(doc: Doc | None, event: Event, piece: Mapping[str, Any]) -> Doc | None:
    """The incident after being declared or ruled; a ruling by the same set replaces the one before."""
    base: Doc = doc or {"happened_at": event.occurred_at.isoformat(), "rulings": {}}
    base = {**base, "number": piece.get("number")}
    if event.type == "incident.declared.v1":
        return {**base, "event": piece.get("event"), "happened_at": piece["happened_at"]}
    ruling = {name: piece.get(name) for name in _RULED}
    return {**base, "rulings": {**base["rulings"], piece["definition_set"]: ruling}}


FAMILY = CaseFamily(
    code="incident",
    source="ticketing",
    watches=frozenset({"incident.declared.v1", "incident.ruled.v1"}),
    route=route,
    fold=fold,
)
