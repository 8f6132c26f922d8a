"""Money received, for the part that no bill took: it stands beside a collection rate, never in it (AMB-114)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.kpi.domain.facts import CaseFamily, Doc, Event


def route(event: Event) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """The payment of the event, if part of it found no bill: the rest is told by its allocations."""
    if not int(event.data.get("prepaid_fen") or 0):
        return ()
    return ((str(event.data["payment_id"]), event.data),)


def fold(doc: Doc | None, event: Event, piece: Mapping[str, Any]) -> Doc | None:
    """The payment as it came in."""
    return {
        "unit_id": piece.get("unit_id"),
        "payer_id": piece.get("payer_id"),
        "amount_fen": int(piece["amount_fen"]),
        "prepaid_fen": int(piece.get("prepaid_fen") or 0),
        "value_date": piece["value_date"],
    }


FAMILY = CaseFamily(
    code="payment",
    source="billing",
    watches=frozenset({"payment.received.v1"}),
    route=route,
    fold=fold,
)
