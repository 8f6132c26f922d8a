"""What goes in and out of ``/ticketing/v1/leaves``."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.http.schemas import Input, Output, UtcTime

LeaveKind = Literal["personal", "sick", "annual", "compensatory", "other"]


class LeaveIn(Input):
    """One's own leave, asked for; who decides follows from the org unit's ladder."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "org_unit_id": "01955a3e-7c00-7000-8000-000000000003",
                    "kind": "compensatory",
                    "starts_at": "2025-03-10T00:00:00Z",
                    "ends_at": "2025-03-10T10:00:00Z",
                    "reason": "上周日值班调休",
                }
            ]
        }
    )

    org_unit_id: Annotated[UUID, Field(description="Where one works: its superiors decide")]
    kind: LeaveKind
    starts_at: UtcTime
    ends_at: UtcTime
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class CancelLeaveIn(Input):
    """Why a leave is taken back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "提前返岗"}]})

    reason: Annotated[str, Field(min_length=1, max_length=500)]


class LeaveOut(Output):
    """A leave; its reason stands with the approval, for those who decide."""

    id: UUID
    version: int
    person_id: UUID
    org_unit_id: UUID
    kind: str
    starts_at: UtcTime
    ends_at: UtcTime
    state: str
    approval_id: UUID | None
