"""``/ticketing/v1/people``: export and erasure of a person's data, and the search for who opened it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from services.ticketing.files import service as files
from services.ticketing.files.router import signer
from services.ticketing.people.schemas import PersonOut, StaffOut, person_out, staff_out
from services.ticketing.personal import service
from services.ticketing.personal.errors import ReasonMissing
from services.ticketing.personal.schemas import (
    BundleOut,
    ErasePersonIn,
    ExportPersonIn,
    OpeningOut,
    bundle_out,
    opening_out,
)
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, created, own_transactions, page_of, problems, service_router
from shared.http.schemas import UtcTime
from shared.telemetry.context import request_id

router = service_router(prefix="/v1/people", tags=["people"])
employees = service_router(prefix="/v1/staff", tags=["people"])


@router.get("/opened", operation_id="list_openings", responses=problems(404))
async def list_openings(
    tx: TxDep,
    who: Annotated[Principal, allow("people.opened")],
    page: PageDep,
    by: Annotated[UUID, Query(description="The account that opened: the subject of its tokens")],
    since: Annotated[UtcTime, Query(alias="from", description="The first instant")],
    until: Annotated[UtcTime, Query(alias="to", description="The first instant after")],
) -> Page[OpeningOut]:
    """Whose data an account opened in a period, by which action, for what reason: the question after a leak.

    Opened people, contacts, signatures and owner files, printed documents, downloads and exports; masked lists are
    none. Oldest first.
    """
    after = page.after.uuid() if page.after is not None else None
    rows = await service.openings_by(tx, who, by, since, until, after=after, limit=page.limit + 1)
    return page_of(rows, page.limit, key=lambda r: {"id": r.id}, present=opening_out)


@router.post("/{id}/erase", operation_id="erase_person", responses=problems(404, 409))
async def erase_person(
    id: UUID, body: ErasePersonIn, tx: TxDep, who: Annotated[Principal, allow("people.erase")]
) -> PersonOut:
    """Erase a person's data: fields, owner files, and the key of signatures and audit entries. It cannot be undone."""
    return person_out(await service.erase_person(tx, who, id, body.reason), masked=True)


@employees.post("/{id}/erase", operation_id="erase_employee", responses=problems(404, 409))
async def erase_employee(
    id: UUID, body: ErasePersonIn, tx: TxDep, who: Annotated[Principal, allow("staff.erase")]
) -> StaffOut:
    """Erase the data of an employee who has left: name and addresses, sign-in, reasons of absences. For good.

    What they did at work stays under their id, so that records still say who did it, without a name.
    """
    return staff_out(await service.erase_employee(tx, who, id, body.reason), masked=True)


@router.post("/{id}/export", status_code=201, operation_id="export_person", responses=problems(404, 409))
@own_transactions  # the store is network: content first, then one transaction that says it is there
async def export_person(
    id: UUID,
    body: ExportPersonIn,
    request: Request,
    response: Response,
    who: Annotated[Principal, allow("people.export")],
) -> BundleOut:
    """Everything all services hold on a person, as JSON in a ZIP, by links of ten minutes.

    Only whoever asked finds the file, for a day. That it was asked for, and why, is recorded. A service that could not
    be asked is named in `missing` and in the file: ask again for a whole one.
    """
    if who.sub != id and not body.reason:
        raise ReasonMissing()
    made = await service.export_person(request.app.state.runtime, who, id, body.reason, request_id.get())
    created(response, f"/ticketing/v1/files/{made.file.id}", made.file.version)
    return bundle_out(files.present(signer(request), made.file), made.missing)
