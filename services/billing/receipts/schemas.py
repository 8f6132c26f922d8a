"""What receipts look like on the wire."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.http.schemas import Input, MoneyModel, Output, UtcTime


class VoidIn(Input):
    """Why a receipt is void."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "抬头有误，重开"}]})

    reason: Annotated[str, Field(min_length=1, max_length=1000)]


class ReceiptOut(Output):
    """A receipt; a void one keeps its number."""

    id: UUID
    version: int
    number: str
    payment_id: UUID
    community_id: UUID
    unit_id: UUID
    amount: MoneyModel
    state: Literal["valid", "void"]
    issued_at: UtcTime
    issued_by: UUID | None
    voided_at: UtcTime | None
    voided_by: UUID | None
    void_reason: str | None
