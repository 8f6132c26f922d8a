"""A dunning notice or written demand: printed, and delivered by its day (B-075)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.kpi.domain.facts import CaseFamily, Doc, Event


def route(event: Event) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """The notice itself."""
    return ((str(event.data["notice_id"]), event.data),)


def fold(doc: Doc | None, event: Event, piece: Mapping[str, Any]) -> Doc | None:
    """The notice after being printed or delivered."""
    base: Doc = {**(doc or {}), "due_at": piece["due_at"], "number": piece.get("number"), "unit_id": piece["unit_id"]}
    if event.type == "dunning.notice.printed.v1":
        return {**base, "printed_at": event.occurred_at.isoformat()}
    return {**base, "delivered_at": event.occurred_at.isoformat(), "on_time": bool(piece["on_time"])}


FAMILY = CaseFamily(
    code="dunning_notice",
    source="billing",
    watches=frozenset({"dunning.notice.printed.v1", "dunning.notice.delivered.v1"}),
    route=route,
    fold=fold,
)
