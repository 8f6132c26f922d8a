"""What goes in and out where a person's data is exported, erased, or its openings are looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field
from sqlalchemy import Row

from services.ticketing.files.schemas import FileOut
from services.ticketing.personal.openings import DOORS
from shared.http.schemas import Input, Output, Text, UtcTime


class ErasePersonIn(Input):
    """Why a person's data is erased."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "业主已迁出并书面要求删除"}]})

    reason: Annotated[str, Field(min_length=2, max_length=500)]


class ExportPersonIn(Input):
    """Why a person's data is put together. Whoever asks for their own needs no reason."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "业主书面申请查阅本人信息"}]})

    reason: Annotated[str | None, Field(min_length=2, max_length=500)] = None


class BundleOut(FileOut):
    """The file with a person's data; `missing` are the services whose part it lacks."""

    missing: Annotated[list[str], Field(description="Services that could not be asked; empty: the bundle is whole")]


def bundle_out(file: FileOut, missing: Sequence[str]) -> BundleOut:
    """A stored bundle as it is answered."""
    return BundleOut(**file.model_dump(), missing=list(missing))


class OpeningOut(Output):
    """One opening: whose data, through which door, for what reason. ``person_id`` is null for a table or passer-by."""

    id: UUID
    at: UtcTime
    by: UUID | None
    action: str
    action_name: Text
    entity: str
    entity_id: UUID
    person_id: UUID | None
    reason: str | None


def opening_out(row: Row[Any]) -> OpeningOut:
    """A stored opening as it is answered."""
    zh, en = DOORS[row.action]
    return OpeningOut(
        id=row.id,
        at=row.at,
        by=row.actor_id,
        action=row.action,
        action_name=Text(zh=zh, en=en),
        entity=row.entity,
        entity_id=row.entity_id,
        person_id=row.person_id,
        reason=(row.told or {}).get("reason"),
    )
