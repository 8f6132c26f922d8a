"""What corrections look like on the wire."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.http.schemas import Input, MoneyModel, Output, UtcTime

Reason = Annotated[str, Field(min_length=1, max_length=1000)]


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
