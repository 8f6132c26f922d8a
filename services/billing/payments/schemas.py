"""What payments look like on the wire (the contract of ``POST /billing/v1/payments``)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.http.schemas import Input, MoneyModel, Output, UtcTime


class AllocationIn(Input):
    """So much of the payment for that bill."""

    bill_id: UUID
    amount: MoneyModel


class PaymentIn(Input):
    """Money that came in. Without `allocations` it pays the oldest due bill first.

    Name the unit, or the payer (all the payer's units in the community), or the bills. What no bill takes
    stands as prepayment on the unit and pays later bills.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "community_id": "0194a0c0-0000-7000-8000-000000000001",
                    "unit_id": "0194a0c0-0000-7000-8000-000000000002",
                    "method": "bank_transfer",
                    "amount": {"amount": "266.48", "currency": "CNY"},
                    "value_date": "2025-03-31",
                    "reference": "ICBC-20250331-000017",
                }
            ]
        },
    )

    community_id: UUID
    unit_id: UUID | None = None
    payer_id: UUID | None = None
    method: Annotated[str, Field(min_length=1, max_length=40)]
    amount: MoneyModel
    value_date: date = Field(description="Local date the money was credited to the company; not in the future.")
    paid_on: date | None = Field(
        default=None, description="Local date the payer paid, if before the value date; else the value date."
    )
    reference: Annotated[str, Field(min_length=1, max_length=120)] | None = Field(
        default=None, description="The bank's or provider's number, unique per method: money is counted once."
    )
    allocations: Annotated[list[AllocationIn], Field(max_length=200)] | None = None


class AllocatedOut(Output):
    """Money of the payment on a bill."""

    allocation_id: UUID
    bill_id: UUID
    amount: MoneyModel


class PaymentOut(Output):
    """A payment: what came in, which bills it paid so far, what still stands beside as prepayment."""

    id: UUID
    community_id: UUID
    unit_id: UUID
    payer_id: UUID | None
    method: str
    reference: str | None
    amount: MoneyModel
    value_date: date
    paid_on: date
    prepaid: MoneyModel
    prepaid_open: MoneyModel
    allocations: list[AllocatedOut]
    received_at: UtcTime


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a caller wants of the list of payments; ``None`` = any."""

    community_id: UUID | None = None
    unit_id: UUID | None = None
    payer_id: UUID | None = None
    method: str | None = None
    reference: str | None = None
    value_from: date | None = None
    value_to: date | None = None
    updated_after: datetime | None = None
