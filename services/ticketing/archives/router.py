"""Owner files and their checks."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from pydantic import ConfigDict, Field

from services.ticketing import access
from services.ticketing.archives import checks, repository, service
from services.ticketing.archives.schemas import (
    ArchiveOut,
    ArchivesBulk,
    CheckIn,
    CheckItemOut,
    CheckMadeOut,
    CheckOut,
    PaperIn,
    archive_out,
    check_item_out,
    check_values,
)
from services.ticketing.models import archive_checks, archives
from services.ticketing.register.repository import page as register_page
from services.ticketing.register.schemas import BulkOut, KnownAsDep
from shared.auth import Principal, allow
from shared.http.routing import (
    IfMatch,
    Page,
    PageDep,
    TxDep,
    answer_not_kept,
    created,
    etag,
    page_of,
    problems,
    service_router,
)
from shared.http.schemas import Input, Month

router = service_router(prefix="/v1", tags=["archives"])

Reads = Annotated[Principal, allow("archive.read")]


class OpenArchiveIn(Input):
    """Why an owner file is read in full."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "核对联系人变更申请"}]})

    reason: Annotated[str, Field(min_length=2, max_length=500)]


@router.post("/archives/bulk", operation_id="bulk_archives", responses=problems(409))
async def post_archives(
    body: ArchivesBulk, tx: TxDep, who: Annotated[Principal, allow("archive.write")]
) -> BulkOut:
    """Import up to 500 owner files, one per unit; which required fields are missing is noted with each."""
    return await service.bulk_archives(tx, who, body)


@router.get("/archives", operation_id="list_archives")
async def list_archives(
    tx: TxDep,
    who: Reads,
    page: PageDep,
    known_as: KnownAsDep,
    community_id: UUID | None = None,
    unit_id: UUID | None = None,
    complete: Annotated[bool | None, Query(description="Files with all required fields, or without")] = None,
    in_sync: Annotated[bool | None, Query(description="Files whose paper says the same, or does not")] = None,
) -> Page[ArchiveOut]:
    """Owner files within the caller's reach, their texts masked."""
    c = archives.c
    where = access.within_reach(tx, who, community_column=c.community_id)
    if community_id is not None:
        where.append(c.community_id == community_id)
    if unit_id is not None:
        where.append(c.unit_id == unit_id)
    if complete is not None:
        where.append((c.missing == []) if complete else (c.missing != []))
    if in_sync is not None:
        # row: G-001, C-078 the report of files that are not in line with their paper
        where.append(c.paper_in_sync.is_(True) if in_sync else c.paper_in_sync.is_not(True))
    rows = await register_page(tx, archives, where, page, known_as)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, lambda row: archive_out(row, masked=True))


@router.get("/archives/{id}", operation_id="get_archive", responses=problems(404))
async def get_archive(id: UUID, tx: TxDep, who: Reads, response: Response) -> ArchiveOut:
    """One owner file, its texts masked."""
    row = await service.file(tx, who, id)
    etag(response, row.version)
    return archive_out(row, masked=True)


@router.post("/archives/{id}/open", operation_id="open_archive", responses=problems(404))
@answer_not_kept
async def open_archive(
    id: UUID, body: OpenArchiveIn, tx: TxDep, who: Annotated[Principal, allow("people.open")]
) -> ArchiveOut:
    """One owner file in full. Who opened it, when and why is recorded for good."""
    return archive_out(await service.open_file(tx, who, id, body.reason), masked=False)


@router.post("/archives/{id}/paper", operation_id="stamp_paper_archive", responses=problems(404, 412))
async def stamp_paper(
    id: UUID,
    body: PaperIn,
    tx: TxDep,
    who: Annotated[Principal, allow("archive.write")],
    if_match: IfMatch,
    response: Response,
) -> ArchiveOut:
    """Enter that the paper file is in line with the electronic one, and where it lies; the next change ends that."""
    row = await service.paper(tx, who, id, body.place, if_match)
    etag(response, row.version)
    return archive_out(row, masked=True)


@router.post(
    "/archive-checks", status_code=201, operation_id="make_archive_check", responses=problems(404)
)
async def post_check(
    body: CheckIn, tx: TxDep, who: Annotated[Principal, allow("archive.check")], response: Response
) -> CheckMadeOut:
    """Record a check of up to 500 owner files; the last check of a file counts."""
    made = await checks.make_check(tx, who, body)
    created(response, f"/ticketing/v1/archive-checks/{made.check.id}", made.check.version)
    return CheckMadeOut(**check_values(made.check), errors=list(made.errors))


@router.get("/archive-checks", operation_id="list_archive_checks")
async def list_checks(
    tx: TxDep,
    who: Reads,
    page: PageDep,
    community_id: UUID | None = None,
    month: Month | None = None,
) -> Page[CheckOut]:
    """Checks within the caller's reach."""
    c = archive_checks.c
    where = access.within_reach(tx, who, community_column=c.community_id)
    if community_id is not None:
        where.append(c.community_id == community_id)
    if month is not None:
        where.append(c.month == month)
    rows = await repository.checks(tx, where, page)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, lambda row: CheckOut(**check_values(row)))


@router.get("/archive-checks/{id}", operation_id="get_archive_check", responses=problems(404))
async def get_check(id: UUID, tx: TxDep, who: Reads) -> CheckOut:
    """One check."""
    return CheckOut(**check_values(await checks.check(tx, who, id)))


@router.get("/archive-checks/{id}/items", operation_id="list_archive_check_items", responses=problems(404))
async def list_check_items(id: UUID, tx: TxDep, who: Reads, page: PageDep) -> Page[CheckItemOut]:
    """What a check found, file by file."""
    await checks.check(tx, who, id)
    rows = await repository.check_items(tx, id, page)
    return page_of(rows, page.limit, lambda row: {"file_id": row.file_id}, check_item_out)
