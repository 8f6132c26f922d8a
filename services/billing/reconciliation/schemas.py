"""What reconciliations look like on the wire."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.http.schemas import Input, MoneyModel, Output, UtcTime

DifferenceKind = Literal["missing_there", "missing_here", "amount", "status", "refund"]
Reference = Annotated[str, Field(min_length=1, max_length=120)]


def _example(**fields: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [fields]})


class LineIn(Input):
    """A line of the bank's or provider's statement; a refund names the payment it gives back."""

    kind: Literal["payment", "refund"] = "payment"
    reference: Reference
    amount: MoneyModel


class StatementIn(Input):
    """A whole day of one method for one legal entity, as the other side lists it."""

    model_config = _example(
        org_unit_id="0194a0c0-0000-7000-8000-000000000009",
        method="bank_transfer",
        day="2025-03-31",
        lines=[{"reference": "ICBC-20250331-000017", "amount": {"amount": "266.48", "currency": "CNY"}}],
    )

    org_unit_id: UUID
    method: Annotated[str, Field(min_length=1, max_length=40)]
    day: date
    lines: Annotated[list[LineIn], Field(max_length=10_000)]


class ExplainIn(Input):
    """Why there is a difference, and what was done about it."""

    model_config = _example(kind="missing_here", reference="ICBC-20250331-000017", note="业主未注明房号，已挂账核实")

    kind: DifferenceKind
    reference: Reference | None = None
    payment_id: UUID | None = None
    note: Annotated[str, Field(min_length=1, max_length=1000)]


class DifferenceOut(Output):
    """A difference: `missing_there` (booked, not on the statement), `missing_here`, `amount`, `status` (undone here,
    paid there), `refund`."""

    kind: DifferenceKind
    reference: str | None
    payment_id: UUID | None
    ours: MoneyModel | None
    theirs: MoneyModel | None
    note: str | None


class ReconciliationOut(Output):
    """A day's reconciliation; a closed one does not change any more."""

    id: UUID
    version: int
    org_unit_id: UUID
    method: str
    day: date
    lines: int
    matched: int
    matched_amount: MoneyModel
    differences: list[DifferenceOut]
    state: Literal["open", "closed"]
    closed_at: UtcTime | None
    closed_by: UUID | None
    created_at: UtcTime
    updated_at: UtcTime
