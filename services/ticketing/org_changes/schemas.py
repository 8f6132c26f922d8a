"""What goes in and out of ``/ticketing/v1/org-changes``."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.http.schemas import Input, Output, UtcTime

Kind = Literal["structure", "headcount"]
State = Literal["asked", "approved", "refused", "withdrawn", "expired", "carried_out"]
Count = Annotated[int, Field(ge=0, le=10_000)]


class LineIn(Input):
    """One thing that is to change: a post with its numbers, or a part of the department and what becomes of it."""

    name: Annotated[str, Field(min_length=1, max_length=120, description="The post, or the part of the department")]
    now: Annotated[Count | None, Field(description="Headcount now")] = None
    wanted: Annotated[Count | None, Field(description="Headcount applied for")] = None
    change: Annotated[str | None, Field(min_length=1, max_length=500, description="What becomes of it")] = None


class OrgChangeIn(Input):
    """An application; who decides follows from the org unit's ladder."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "org_unit_id": "01955a3e-7c00-7000-8000-000000000003",
                    "kind": "headcount",
                    "title": "客服前台增编",
                    "items": [{"name": "前台接待", "now": 3, "wanted": 4}],
                    "reason": "二期交付后月接待量增加四成",
                }
            ]
        }
    )

    org_unit_id: UUID
    kind: Kind
    title: Annotated[str, Field(min_length=1, max_length=200)]
    items: Annotated[list[LineIn], Field(min_length=1, max_length=50)]
    reason: Annotated[str, Field(min_length=1, max_length=1000)]


class WithdrawOrgChangeIn(Input):
    """An application is taken back before its decision."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "改为内部调剂"}]})

    reason: Annotated[str, Field(min_length=1, max_length=500)]


class CarriedOutIn(Input):
    """How the approved change was carried out."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"outcome": "4月1日起新增一名前台，编制表已更新"}]})

    outcome: Annotated[str, Field(min_length=1, max_length=1000)]


class LineOut(Output):
    """One thing that is to change."""

    name: str
    now: int | None
    wanted: int | None
    change: str | None


class OrgChangeOut(Output):
    """An application; its reason and its course stand with the approval."""

    id: UUID
    version: int
    created_at: UtcTime
    org_unit_id: UUID
    kind: Kind
    title: str
    items: list[LineOut]
    asked_by: UUID
    state: State
    approval_id: UUID | None
    carried_out_by: UUID | None
    carried_out_at: UtcTime | None
    outcome: str | None
