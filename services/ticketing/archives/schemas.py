"""What owner files and checks of them look like on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field
from sqlalchemy import Row as DbRow

from services.ticketing.domain.archives import file_state
from services.ticketing.register.schemas import MOST_ROWS, Bulk, EntityOut, Reference, Row
from shared.http.schemas import Input, Month, Output, Text, UtcTime
from shared.masking import mask_value

FieldName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class ArchiveIn(Row):
    """The owner file of a unit. What is required and missing makes it incomplete, never refused; one that is there
    changes for a reason."""

    unit: Reference
    person: Reference | None = None
    fields: Annotated[
        dict[FieldName, Any],
        Field(
            max_length=40,
            description="name, contact, house, service_history make a complete file; more may stand beside them.",
        ),
    ]
    reason: Annotated[
        str | None, Field(min_length=2, max_length=500, description="Why it changed; wanted where the file is there")
    ] = None


class PaperIn(Input):
    """The paper file is in line with the electronic one."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"place": "档案室 3 排 2 柜 12 号"}]})

    place: Annotated[str, Field(min_length=1, max_length=200, description="Where it lies")]


class PaperOut(Output):
    """The paper file: where it lies, and with which version of the electronic one it was brought in line."""

    place: str
    version: int
    at: UtcTime
    by: UUID | None


class ArchivesBulk(Bulk[ArchiveIn]):
    """Owner files of one source."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "source": "erp",
                    "items": [
                        {
                            "external_id": "A-CX-1-1203",
                            "unit": "CX-1-1203",
                            "person": "P77",
                            "fields": {
                                "name": "张伟",
                                "contact": {"phone": "13812341234"},
                                "house": {"area": "93.50"},
                                "service_history": [],
                            },
                        }
                    ],
                }
            ]
        }
    )


class CheckItemIn(Input):
    """What the check found of one file, named by itself or by its unit."""

    unit_id: UUID | None = None
    file_id: UUID | None = None
    complete: bool
    up_to_date: bool
    missing: Annotated[list[FieldName], Field(max_length=40)] = []
    note: Annotated[str, Field(max_length=500)] | None = None


class CheckIn(Input):
    """A check of owner files for a month; a month may be checked in several batches and more than once."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "community_id": "0194a0c0-0000-7000-8000-000000000001",
                    "month": "2025-03",
                    "items": [
                        {
                            "unit_id": "0194a0c0-0000-7000-8000-000000000002",
                            "complete": False,
                            "up_to_date": True,
                            "missing": ["contact"],
                        }
                    ],
                }
            ]
        }
    )

    community_id: UUID
    month: Month
    items: Annotated[list[CheckItemIn], Field(min_length=1, max_length=MOST_ROWS)]
    occurred_at: UtcTime | None = None
    late_reason: Annotated[str, Field(max_length=500)] | None = None


class CheckErrorOut(Output):
    """Why a row of a check was not stored; ``index`` counts from 0."""

    index: int
    path: str
    message: Text


class CheckOut(Output):
    """A check: how many files were looked at, and how many of them were complete and up to date."""

    id: UUID
    version: int
    community_id: UUID
    month: str
    checked_at: UtcTime
    checked_by: UUID | None
    late_reason: str | None
    checked: int
    complete: int
    up_to_date: int
    created_at: UtcTime
    updated_at: UtcTime


class CheckMadeOut(CheckOut):
    """A check that was just stored, with the rows that were not."""

    errors: list[CheckErrorOut]


class CheckItemOut(Output):
    """What a check found of one file."""

    file_id: UUID
    unit_id: UUID
    complete: bool
    up_to_date: bool
    missing: list[str]
    note: str | None


class LastCheckOut(Output):
    """The last check of a file."""

    check_id: UUID
    checked_at: UtcTime
    complete: bool
    up_to_date: bool


class ArchiveOut(EntityOut):
    """An owner file. ``state`` is ``open`` while required fields are missing, else ``complete``."""

    unit_id: UUID
    community_id: UUID
    person_id: UUID | None
    fields: Mapping[str, Any]
    masked: bool
    state: str
    missing: list[str]
    last_check: LastCheckOut | None
    paper: PaperOut | None
    in_sync: bool = Field(description="Whether the paper file says what the electronic one says")


def archive_out(row: DbRow[Any], *, masked: bool) -> ArchiveOut:
    """A stored file as it is answered, its texts shortened unless the caller may read them."""
    return ArchiveOut(
        id=row.id,
        version=row.version,
        source=row.source,
        external_id=row.external_id,
        created_at=row.created_at,
        updated_at=row.updated_at,
        unit_id=row.unit_id,
        community_id=row.community_id,
        person_id=row.person_id,
        fields=mask_value(row.fields) if masked else row.fields,
        masked=masked,
        state=file_state(row.missing),
        missing=list(row.missing),
        last_check=None
        if row.last_check_id is None
        else LastCheckOut(
            check_id=row.last_check_id,
            checked_at=row.last_checked_at,
            complete=row.last_complete,
            up_to_date=row.last_up_to_date,
        ),
        paper=None
        if row.paper_at is None
        else PaperOut(place=row.paper_place, version=row.paper_version, at=row.paper_at, by=row.paper_by),
        in_sync=bool(row.paper_in_sync),
    )


def check_values(row: DbRow[Any]) -> dict[str, Any]:
    """The columns of a stored check that its answers show."""
    return {name: getattr(row, name) for name in CheckOut.model_fields}


def check_item_out(row: DbRow[Any]) -> CheckItemOut:
    """A stored row of a check as it is answered."""
    return CheckItemOut(
        file_id=row.file_id,
        unit_id=row.unit_id,
        complete=row.complete,
        up_to_date=row.up_to_date,
        missing=list(row.missing),
        note=row.note,
    )
