"""A paid-service slip as it was written; when it was posted is billing's to say (`posted_slip`, B-074)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.kpi.domain.facts import CaseFamily, Doc, Event


def route(event: Event) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """The slip itself."""
    return ((str(event.data["slip_id"]), event.data),)


def fold(doc: Doc | None, event: Event, piece: Mapping[str, Any]) -> Doc | None:
    """The slip after being written or voided."""
    base: Doc = {**(doc or {}), "number": piece.get("slip_number")}
    if event.type == "slip.voided.v1":
        return {**base, "voided_at": event.occurred_at.isoformat()}
    return {**base, "done_at": piece["done_at"]}


FAMILY = CaseFamily(
    code="paid_slip",
    source="ticketing",
    watches=frozenset({"slip.created.v1", "slip.voided.v1"}),
    route=route,
    fold=fold,
)
