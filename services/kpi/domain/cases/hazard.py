"""A safety hazard as the register has it: its level, whose duty it is, when it was found and when it was rectified."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.kpi.domain.facts import CaseFamily, Doc, Event

_ENTRY = ("level", "party", "appliance", "found_at")


def route(event: Event) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """The hazard itself; cases of other kinds are sent back as well."""
    return ((str(event.subject), event.data),) if event.data.get("kind") == "hazard" else ()


def fold(doc: Doc | None, event: Event, piece: Mapping[str, Any]) -> Doc | None:
    """The hazard after the event. Found not to be in order after all, it is open again."""
    if event.type == "ticket.reopened.v1":
        return None if doc is None else {name: value for name, value in doc.items() if name != "rectified_at"}
    new = {**(doc or {}), "number": piece.get("number"), **{name: piece[name] for name in _ENTRY}}
    if event.type == "hazard.rectified.v1":
        new["rectified_at"] = piece["rectified_at"]
    return new


FAMILY = CaseFamily(
    code="hazard",
    source="ticketing",
    watches=frozenset({"hazard.opened.v1", "hazard.corrected.v1", "hazard.rectified.v1", "ticket.reopened.v1"}),
    route=route,
    fold=fold,
)
