"""What refunds look like on the wire."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.http.schemas import Input, MoneyModel, Output, UtcTime

Reason = Annotated[str, Field(min_length=1, max_length=1000)]
RefundState = Literal["asked", "approved", "sent", "unknown", "paid", "differs", "failed", "refused", "given_up"]
RefundMethod = Literal["original", "cash", "bank_transfer"]


class RefundIn(Input):
    """Money to give back out of what the payment left as prepayment. `original` goes back the way it came, through the
    provider; without `method` that is taken where it can, else cash for cash and the bank for the rest."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"amount": {"amount": "50.00", "currency": "CNY"}, "reason": "重复缴费"}]}
    )

    amount: MoneyModel
    reason: Reason
    method: RefundMethod | None = None


class PayIn(Input):
    """That the money went out: by bank with its number and day, in cash with neither."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reference": "ICBC-T-0091", "paid_on": "2025-03-07"}]})

    reference: Annotated[str, Field(min_length=1, max_length=120)] | None = None
    paid_on: date | None = None


class GiveUpIn(Input):
    """Why an approved refund is not paid out after all."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "业主要求留作预缴"}]})

    reason: Reason


class RefundOut(Output):
    """A refund. From `approved` on its money is set aside; `unknown`: the provider was asked and did not answer yet;
    `differs`: it says something else, and a person must look; `failed` and `given_up`: it stands beside again."""

    id: UUID
    version: int
    payment_id: UUID
    community_id: UUID
    unit_id: UUID
    amount: MoneyModel
    reason: str
    state: RefundState
    method: str
    approval_id: UUID | None
    asked_by: UUID
    asked_at: UtcTime
    decided_by: UUID | None
    decided_at: UtcTime | None
    paid_on: date | None
    paid_by: UUID | None
    reference: str | None
    trade: str | None
    said: MoneyModel | None
    trouble: str | None
