"""What paid service slips look like on the wire."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.http.schemas import Input, MoneyModel, Output, UtcTime


class SlipIn(Input):
    """A paid service slip: owner (the unit's payer unless named), service, amount, date, and the paper's number."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "unit_id": "0194a0c0-0000-7000-8000-000000000002",
                    "number": "YC-2025-0118",
                    "service": "更换厨房水龙头",
                    "amount": {"amount": "80.00", "currency": "CNY"},
                    "served_on": "2025-01-18",
                }
            ]
        },
    )

    unit_id: UUID
    payer_id: UUID | None = None
    number: Annotated[str, Field(min_length=1, max_length=60)]
    service: Annotated[str, Field(min_length=1, max_length=200)]
    amount: MoneyModel
    served_on: date
    deduction_day: Annotated[int, Field(ge=1, le=28)] = Field(
        default=25, description="The day of the month on which the bank is told what to collect."
    )


class SlipOut(Output):
    """A slip; `in_time` says whether it was posted before `run_at`, the deduction run that collects it."""

    id: UUID
    community_id: UUID
    unit_id: UUID
    payer_id: UUID | None
    number: str
    service: str
    amount: MoneyModel
    served_on: date
    posted_at: UtcTime
    run_at: UtcTime
    in_time: bool
    bill_id: UUID
