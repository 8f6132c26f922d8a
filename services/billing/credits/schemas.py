"""What credits and supplementary bills look like on the wire."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.http.schemas import Input, MoneyModel, Output, UtcTime

Reason = Annotated[str, Field(min_length=1, max_length=1000)]


class CreditIn(Input):
    """Owe less on a bill: a `credit` corrects what was charged wrongly, a `waiver` lets go what was charged rightly."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "credit",
                    "bill_id": "0194a0c0-0000-7000-8000-000000000001",
                    "amount": {"amount": "35.00", "currency": "CNY"},
                    "reason": "面积录入有误",
                }
            ]
        },
    )

    kind: Literal["credit", "waiver"]
    bill_id: UUID
    amount: MoneyModel
    reason: Reason
    effective_on: date | None = Field(
        default=None, description="The local date it counts from, which late fees follow; the due date if left out."
    )


class CreditOut(Output):
    """A credit of a bill; `pending` until the approval named by `approval_id` is decided."""

    id: UUID
    number: str
    kind: str
    bill_id: UUID
    unit_id: UUID
    community_id: UUID
    amount: MoneyModel
    reason: str
    state: str
    effective_on: date
    approval_id: UUID | None
    applied_at: UtcTime | None
    created_at: UtcTime


class SupplementIn(Input):
    """What a bill of before was too low by."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "bill_id": "0194a0c0-0000-7000-8000-000000000001",
                    "amount": {"amount": "12.00", "currency": "CNY"},
                    "reason": "1 月少收面积差",
                    "due_date": "2025-02-25",
                }
            ]
        },
    )

    bill_id: UUID
    amount: MoneyModel
    reason: Reason
    due_date: date


class IssuedOut(Output):
    """The bill that was issued."""

    bill_id: UUID
