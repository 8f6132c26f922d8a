"""What shared costs look like on the wire."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.http.schemas import Input, MoneyModel, Month, Output, UtcTime


class CostIn(Input):
    """The total of a month that the units of a shared-cost standard bear together."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "community_id": "0194a0c0-0000-7000-8000-000000000001",
                    "standard_code": "lift-power",
                    "period": "2025-01",
                    "total": {"amount": "1234.56", "currency": "CNY"},
                    "note": "1 月电梯用电",
                }
            ]
        },
    )

    community_id: UUID
    standard_code: Annotated[str, Field(min_length=1, max_length=40)]
    period: Month
    total: MoneyModel
    note: Annotated[str, Field(max_length=1000)] | None = None


class CostOut(Output):
    """A shared cost with what its parts add up to: always the total."""

    id: UUID
    community_id: UUID
    standard_id: UUID
    period: str
    total: MoneyModel
    parts_total: MoneyModel
    units: int
    note: str | None
    created_at: UtcTime
