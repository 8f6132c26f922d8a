"""``/kpi/v1/inspections``."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Response
from sqlalchemy import Row

from services.kpi.inspections import service
from services.kpi.inspections.schemas import (
    EntryIn,
    EntryOut,
    InspectionIn,
    InspectionLineOut,
    InspectionOut,
    Kind,
    State,
)
from shared.auth import Principal, allow
from shared.http.routing import IfMatch, Page, PageDep, TxDep, created, etag, page_of, problems, service_router

router = service_router(prefix="/v1/inspections", tags=["inspections"])


def _fields(row: Row[Any]) -> dict[str, Any]:
    names = ("id", "version", "kind", "community_id", "subject_id", "department", "title", "state")
    found = {name: getattr(row, name) for name in (*names, "opened_by", "closed_by", "closed_at")}
    return {**found, "on": row.on_date}


def line(row: Row[Any]) -> InspectionLineOut:
    """An inspection in a list."""
    return InspectionLineOut.model_validate(_fields(row))


async def present(tx: Any, row: Row[Any]) -> InspectionOut:
    """An inspection with its case file."""
    entries = [
        EntryOut(
            id=entry.id,
            text=entry.text,
            file_ids=entry.file_ids,
            written_by=entry.written_by,
            written_at=entry.written_at,
        )
        for entry in await service.entries(tx, row)
    ]
    return InspectionOut.model_validate({**_fields(row), "entries": entries})


@router.post("", status_code=201, operation_id="open_inspection", responses=problems(403, 404))
async def open_inspection(
    body: InspectionIn, tx: TxDep, who: Annotated[Principal, allow("inspection.open")], response: Response
) -> InspectionOut:
    """Record a check of another department, or open the file of an investigation."""
    row = await service.open_(tx, who, body)
    created(response, f"/kpi/v1/inspections/{row.id}", row.version)
    return await present(tx, row)


@router.get("", operation_id="list_inspections")
async def list_inspections(
    tx: TxDep,
    who: Annotated[Principal, allow("inspection.read")],
    page: PageDep,
    community_id: UUID | None = None,
    subject_id: UUID | None = None,
    kind: Kind | None = None,
    state: State | None = None,
) -> Page[InspectionLineOut]:
    """Checks and investigations within reach, the oldest first."""
    filters = {"community_id": community_id, "subject_id": subject_id, "kind": kind, "state": state}
    rows = await service.page(tx, who, filters, page.after.uuid() if page.after else None, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, line)


@router.get("/{inspection_id}", operation_id="get_inspection", responses=problems(404))
async def get_inspection(
    inspection_id: UUID, tx: TxDep, who: Annotated[Principal, allow("inspection.read")], response: Response
) -> InspectionOut:
    """One check or investigation with its case file."""
    row = await service.get(tx, who, inspection_id)
    etag(response, row.version)
    return await present(tx, row)


@router.post("/{inspection_id}/entries", operation_id="add_to_inspection", responses=problems(404, 409, 412))
async def add_to_inspection(
    inspection_id: UUID,
    body: EntryIn,
    tx: TxDep,
    who: Annotated[Principal, allow("inspection.open")],
    if_match: IfMatch,
    response: Response,
) -> InspectionOut:
    """Add a finding or a paper to the case file; nothing of it is changed afterwards."""
    row = await service.add(tx, who, inspection_id, body, if_match)
    etag(response, row.version)
    return await present(tx, row)


@router.post("/{inspection_id}/closing", operation_id="close_inspection", responses=problems(403, 404, 409, 412))
async def close_inspection(
    inspection_id: UUID,
    body: EntryIn,
    tx: TxDep,
    who: Annotated[Principal, allow("inspection.close")],
    if_match: IfMatch,
    response: Response,
) -> InspectionOut:
    """Accept a check as the responsible person, or conclude an investigation for the company."""
    row = await service.close(tx, who, inspection_id, body, if_match)
    etag(response, row.version)
    return await present(tx, row)
