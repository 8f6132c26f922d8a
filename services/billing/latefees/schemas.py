"""What late fees look like on the wire."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.http.schemas import Input, MoneyModel, Output, UtcTime


class LateRunIn(Input):
    """Charge late fees up to the end of a local date, which is not in the future."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "community_id": "0194a0c0-0000-7000-8000-000000000001",
                    "standard_code": "late",
                    "until": "2025-03-31",
                }
            ]
        },
    )

    community_id: UUID
    standard_code: Annotated[str, Field(min_length=1, max_length=40)] = Field(
        description="The community's standard of the rule late_fee: its terms."
    )
    until: date


class LateRunOut(Output):
    """A late fee run with its progress: bills looked at, those whose fee changed, what was billed and what was
    credited; asked for again, it adds nothing that is there."""

    id: UUID
    community_id: UUID
    standard_id: UUID
    until: date
    state: str
    bills: int
    changed: int
    charged: MoneyModel
    credited: MoneyModel
    started_at: UtcTime
    finished_at: UtcTime | None


class HoldIn(Input):
    """A dispute about a bill: no late fee from its first to its last day."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"bill_id": "0194a0c0-0000-7000-8000-000000000001", "since": "2025-03-10", "reason": "业主对面积有异议"}
            ]
        },
    )

    bill_id: UUID
    since: date
    until: date | None = Field(default=None, description="The last day; left out while it lasts.")
    reason: Annotated[str, Field(min_length=1, max_length=1000)]


class HoldEndIn(Input):
    """The last day of a dispute."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"until": "2025-03-20"}]})

    until: date


class HoldOut(Output):
    """A dispute about a bill."""

    id: UUID
    bill_id: UUID
    since: date
    until: date | None
    reason: str


class LateEntryOut(Output):
    """The late fee of some days: principal x daily rate x days, rounded once; negative: it takes one back."""

    id: UUID
    bill_id: UUID
    principal: MoneyModel
    daily_rate: str
    first_on: date
    last_on: date
    days: int
    amount: MoneyModel
    computed_at: UtcTime
