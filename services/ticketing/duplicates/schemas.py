"""Duplicates on the wire, masked."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field
from sqlalchemy import Row

from shared.http.schemas import Input, Output
from shared.masking import mask_name, mask_phone


class MergeIn(Input):
    """Who goes, and which of their fields are the right ones. It cannot be undone."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "person_id": "01955a3e-7c00-7000-8000-000000000004",
                    "take": ["phone"],
                    "reason": "同一业主，手机号已更换",
                }
            ]
        }
    )

    person_id: Annotated[UUID, Field(description="Merged into the person of the address")]
    take: Annotated[
        list[Literal["name", "phone", "email"]], Field(max_length=3, description="Taken from whoever goes")
    ] = []
    reason: Annotated[str, Field(min_length=2, max_length=500)]


class AlikeOut(Output):
    """One of two people, masked."""

    id: UUID
    name: str | None
    phone: str | None


class DuplicateOut(Output):
    """Two people who may be one, and why."""

    people: list[AlikeOut]
    reasons: list[str]


def duplicate_out(row: Row[Any]) -> DuplicateOut:
    """A pair as it is answered."""
    return DuplicateOut(
        people=[
            AlikeOut(
                id=getattr(row, f"{one}_id"),
                name=mask_name(getattr(row, f"{one}_name")),
                phone=mask_phone(getattr(row, f"{one}_phone")),
            )
            for one in ("first", "second")
        ],
        reasons=[name for name in ("same_phone", "same_name_and_unit") if getattr(row, name)],
    )
