"""What vacancy discounts look like on the wire."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.http.schemas import Input, Output, UtcTime


class VacancyIn(Input):
    """Ask that an empty unit pays `percent` of its property fee from the first to the last day."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "unit_id": "0194a0c0-0000-7000-8000-000000000002",
                    "since": "2025-02-01",
                    "until": "2025-12-31",
                    "percent": 70,
                    "reason": "业主空置申请，已现场核实",
                }
            ]
        },
    )

    unit_id: UUID
    since: date
    until: date
    percent: Annotated[int, Field(ge=0, le=99)]
    reason: Annotated[str, Field(min_length=1, max_length=1000)]


class VacancyOut(Output):
    """A vacancy discount; it counts in the runs after it was approved."""

    id: UUID
    community_id: UUID
    unit_id: UUID
    since: date
    until: date
    percent: int
    reason: str
    state: str
    created_at: UtcTime
