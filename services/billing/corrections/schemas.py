"""What corrections and refunds look like on the wire."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.http.schemas import Input, MoneyModel, Output, UtcTime

Reason = Annotated[str, Field(min_length=1, max_length=1000)]
RefundState = Literal["asked", "approved", "refused"]


def _example(**fields: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [fields]})


class ReverseIn(Input):
    """Why a payment is undone."""

    model_config = _example(reason="银行退票")

    reason: Reason


class MoveIn(Input):
    """The unit that the payment belongs to."""

    model_config = _example(unit_id="0194a0c0-0000-7000-8000-000000000003", reason="误记至1-0001")

    unit_id: UUID
    reason: Reason


class RefundIn(Input):
    """Money to give back out of what the payment left as prepayment."""

    model_config = _example(amount={"amount": "50.00", "currency": "CNY"}, reason="重复缴费")

    amount: MoneyModel
    reason: Reason


class DecideIn(Input):
    """A decision on a refund."""

    model_config = _example(reason="同意")

    reason: Reason


class CorrectionOut(Output):
    """What became of a payment: `reversed`, or `moved` to `new_payment_id`."""

    id: UUID
    payment_id: UUID
    kind: Literal["reversed", "moved"]
    amount: MoneyModel
    reason: str
    corrected_by: UUID | None
    new_payment_id: UUID | None
    corrected_at: UtcTime


class RefundOut(Output):
    """A refund; `approved` = booked, and to be paid out."""

    id: UUID
    version: int
    payment_id: UUID
    community_id: UUID
    unit_id: UUID
    amount: MoneyModel
    reason: str
    state: RefundState
    asked_by: UUID
    asked_at: UtcTime
    decided_by: UUID | None
    decided_at: UtcTime | None
    decision: str | None
