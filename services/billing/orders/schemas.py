"""What payment orders look like on the wire."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.http.schemas import Input, MoneyModel, Output, UtcTime

State = Literal["created", "started", "paid", "closed", "unknown", "differs"]


def _example(**fields: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [fields]})


class OrderIn(Input):
    """What an owner wants to pay: these bills (of any of their dwellings in the community), or an amount for the unit,
    or (neither) all that is open on it."""

    model_config = _example(unit_id="0194a0c0-0000-7000-8000-000000000002", method="wechat")

    unit_id: UUID
    method: Literal["wechat", "alipay"]
    bills: Annotated[list[UUID], Field(min_length=1, max_length=200)] | None = None
    amount: MoneyModel | None = None


class StartIn(Input):
    """Who pays at the provider."""

    model_config = _example(payer="oUpF8uMuAJO_M2pxb1Q9zNjWeS6o")

    payer: Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[\x21-\x7e]+$")] | None = Field(
        default=None, description="The payer's openid in the mini-program (WeChat Pay); used once and not kept."
    )


class OrderOut(Output):
    """A payment order. `unknown`: the provider does not answer, nobody should pay again; `differs`: money came in
    otherwise than ordered, and staff see to it."""

    id: UUID
    version: int
    community_id: UUID
    unit_id: UUID
    method: str
    amount: MoneyModel
    bills: list[UUID]
    state: State
    expires_at: UtcTime
    trade: str | None = Field(description="The provider's own number")
    said: MoneyModel | None = Field(description="What the provider took, where it differs")
    payment_id: UUID | None
    created_at: UtcTime
    updated_at: UtcTime


class StartedOut(Output):
    """What the payer's device needs: for `wx.requestPayment`, or the `url` of Alipay's page."""

    order_id: UUID
    expires_at: UtcTime
    pay: dict[str, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a caller wants of the list of orders; ``None`` = any."""

    community_id: UUID | None = None
    unit_id: UUID | None = None
    state: str | None = None
    updated_after: datetime | None = None
