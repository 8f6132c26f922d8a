"""What goes in and out of open work, transfer and leaving."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.http.schemas import Input, Output

WorkKind = Literal["ticket", "approval", "revisit"]


class WorkOut(Output):
    """Something open that waits for somebody."""

    kind: WorkKind
    id: UUID
    number: str


class TakeoverIn(Input):
    """Who takes over one thing."""

    kind: WorkKind
    id: UUID
    to: UUID


class GoIn(Input):
    """Who takes over the open work, all of it or each thing by itself, and why somebody goes."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"reason": "个人原因离职", "successor": "01955a3e-7c00-7000-8000-00000000000c"}]
        }
    )

    reason: Annotated[str, Field(min_length=2, max_length=500)]
    successor: Annotated[UUID | None, Field(description="Takes what `takeovers` does not name")] = None
    takeovers: Annotated[list[TakeoverIn], Field(max_length=500)] = []


class TransferIn(GoIn):
    """The org unit somebody goes to; dated duties elsewhere end and are given anew there."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "org_unit_id": "01955a3e-7c00-7000-8000-000000000003",
                    "reason": "支援新项目",
                    "successor": "01955a3e-7c00-7000-8000-00000000000c",
                }
            ]
        }
    )

    org_unit_id: UUID


class GoneOut(Output):
    """What was handed over, and what ended."""

    person_id: UUID
    handed_over: list[WorkOut]
    assignments_ended: int
    sessions_ended: int
    shifts_cancelled: int
