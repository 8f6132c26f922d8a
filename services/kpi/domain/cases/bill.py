"""A bill, what was credited of it, and the money allocated to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.kpi.domain.facts import CaseFamily, Doc, Event


def route(event: Event) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """The bill that was issued, credited or that received an allocation."""
    return ((str(event.data["bill_id"]), event.data),)


def fold(doc: Doc | None, event: Event, piece: Mapping[str, Any]) -> Doc | None:
    """The bill after the event; what is repeated under its id replaces itself, so nothing is counted twice."""
    base: Doc = doc or {
        "unit_id": piece.get("unit_id"),
        "fee_kind": piece["fee_kind"],
        "due_date": piece["due_date"],
        "allocations": [],
    }
    if event.type == "bill.issued.v1":
        return {
            **base,
            "number": piece.get("number"),
            "payer_id": piece.get("payer_id"),
            "period": piece.get("period"),
            "fee_kind": piece["fee_kind"],
            "due_date": piece["due_date"],
            "amount_fen": int(piece["amount_fen"]),
        }
    if event.type == "bill.credited.v1":
        credit = {"credit_id": piece["credit_id"], "kind": piece["kind"], "amount_fen": int(piece["amount_fen"])}
        others = [known for known in base.get("credits", ()) if known["credit_id"] != credit["credit_id"]]
        return {**base, "credits": [*others, credit]}
    allocation = {
        "allocation_id": piece["allocation_id"],
        "payment_id": piece.get("payment_id"),
        "amount_fen": int(piece["amount_fen"]),
        "value_date": piece["value_date"],
        "paid_on": piece.get("paid_on"),
    }
    kept = [known for known in base["allocations"] if known["allocation_id"] != allocation["allocation_id"]]
    return {**base, "allocations": [*kept, allocation]}


FAMILY = CaseFamily(
    code="bill",
    source="billing",
    watches=frozenset({"bill.issued.v1", "bill.credited.v1", "payment.allocated.v1"}),
    route=route,
    fold=fold,
)
