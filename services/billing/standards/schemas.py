"""What charge standards look like on the wire."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.http.schemas import Input, Output, Text

Params = dict[str, Any]
_Plain = Annotated[str | int | Decimal, Field(union_mode="left_to_right")]


class StandardIn(Input):
    """A new standard, or a new version of the one that already has this code in the community."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "community_id": "0194a0c0-0000-7000-8000-000000000001",
                    "code": "property",
                    "name": "物业服务费",
                    "rule": "area",
                    "fee_kind": "property",
                    "effective_from": "2025-02-01",
                    "params": {"rate": "2.85"},
                    "due_day": 25,
                }
            ]
        },
    )

    community_id: UUID
    code: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,39}$")]
    name: Annotated[str, Field(min_length=1, max_length=200)]
    rule: str = "area"
    fee_kind: str = "property"
    effective_from: date
    effective_to: date | None = Field(default=None, description="The last day it applies; open if left out.")
    params: dict[str, _Plain | Annotated[list[dict[str, _Plain]], Field(max_length=20)]] = Field(
        description="What the rule asks for (see `/v1/fee-rules`); by area: rate, yuan per square metre and month, "
        "as a decimal."
    )
    due_day: Annotated[int, Field(ge=1, le=31)]
    uses: Annotated[list[str], Field(min_length=1)] = Field(
        default=["dwelling", "shop", "office"], description="Which uses of units the standard charges."
    )
    proration: str = Field(default="day", description="`day`: from the day of sale; `none`: full periods only.")


class StandardOut(Output):
    """One version of a charge standard. `id` is the standard's, the same for all its versions."""

    id: UUID
    version_id: UUID
    version: int
    community_id: UUID
    code: str
    name: str
    fee_kind: str
    rule: str
    rule_version: int
    params: Params
    uses: list[str]
    proration: str
    due_day: int
    effective_from: date
    effective_to: date | None


class FeeRuleOut(Output):
    """A way of charging that standards may use; `params` is the JSON schema of what it asks for."""

    code: str
    version: int
    title: Text
    params: dict[str, Any]
