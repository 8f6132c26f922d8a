"""What goes in and out of ``/ticketing/v1/store-items``."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from services.ticketing.domain.stores import MOST
from shared.http.schemas import Input, Output, UtcTime

Amount = Annotated[int, Field(ge=0, le=MOST)]
Name = Annotated[str, Field(min_length=1, max_length=120)]


class StoreItemIn(Input):
    """A thing the desk of a community keeps."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "community_id": "01955a3e-7c00-7000-8000-000000000002",
                    "code": "YS-01",
                    "name": "雨伞",
                    "measure": "把",
                    "minimum": 20,
                }
            ]
        }
    )

    community_id: UUID
    code: Annotated[str, Field(min_length=1, max_length=40)]
    name: Name
    measure: Annotated[str, Field(min_length=1, max_length=20, description="What it is counted in")]
    minimum: Annotated[Amount, Field(description="Fewer than this are to be ordered")] = 0


class StoreItemChangeIn(Input):
    """Another name or minimum; ``retired`` when it is no longer kept."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"minimum": 30}]})

    name: Name | None = None
    minimum: Amount | None = None
    retired: bool | None = None


class MovementIn(Input):
    """In or out."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"kind": "out", "quantity": 2, "purpose": "雨天借与业主，前台登记"}]}
    )

    kind: Literal["in", "out"]
    quantity: Annotated[int, Field(ge=1, le=MOST)]
    purpose: Annotated[str, Field(min_length=1, max_length=500, description="Where from, or what for")]
    ticket_id: Annotated[UUID | None, Field(description="The case it is used for")] = None
    handed_to: Annotated[UUID | None, Field(description="The employee who takes it")] = None


class LossIn(Input):
    """What was damaged or lost: out of the store, or while an employee had it, who had taken it out before."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"how": "damaged", "quantity": 1, "purpose": "巡查时跌落，屏幕碎裂"}]}
    )

    how: Literal["lost", "damaged"]
    quantity: Annotated[int, Field(ge=1, le=MOST)]
    purpose: Annotated[str, Field(min_length=1, max_length=500, description="How it happened")]
    handed_to: Annotated[UUID | None, Field(description="The employee who had it; it is out of the stock already")] = (
        None
    )


class CountIn(Input):
    """What a count found, and why it differs."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"quantity": 18, "purpose": "季度盘点，破损两把"}]})

    quantity: Amount
    purpose: Annotated[str, Field(min_length=1, max_length=500)]


class StoreItemOut(Output):
    """A thing and how much of it there is."""

    id: UUID
    version: int
    community_id: UUID
    code: str
    name: str
    measure: str
    quantity: int
    minimum: int
    low: bool = Field(description="Fewer than the minimum are left")
    retired_at: UtcTime | None


class MovementOut(Output):
    """One movement, with what was there afterwards."""

    id: UUID
    item_id: UUID
    kind: Literal["in", "out", "count", "lost", "damaged"]
    change: int
    stock: int
    purpose: str
    ticket_id: UUID | None
    handed_to: UUID | None
    moved_by: UUID
    moved_at: UtcTime
