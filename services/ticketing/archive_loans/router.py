"""``/ticketing/v1/archive-loans``."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Response
from sqlalchemy import Row

from services.ticketing.archive_loans import service
from services.ticketing.archive_loans.schemas import LoanDecisionIn, LoanIn, LoanOut
from shared.auth import Principal, allow
from shared.http.routing import IfMatch, Page, PageDep, TxDep, created, etag, page_of, problems, service_router

router = service_router(prefix="/v1", tags=["archives"])

Asks = Annotated[Principal, allow("archive.borrow")]
Keeps = Annotated[Principal, allow("archive.write")]


def present(row: Row[Any]) -> LoanOut:
    """A loan as it goes out."""
    return LoanOut(**{name: getattr(row, name) for name in LoanOut.model_fields})


def _moved(row: Row[Any], response: Response) -> LoanOut:
    etag(response, row.version)
    return present(row)


@router.post("/archives/{id}/loans", status_code=201, operation_id="ask_for_archive", responses=problems(403, 404))
async def ask_for_archive(id: UUID, body: LoanIn, tx: TxDep, who: Asks, response: Response) -> LoanOut:
    """Ask to look at a paper file or take it along; an ad-hoc check of a superior department is permitted at once."""
    row = await service.ask(tx, who, id, body)
    created(response, f"/ticketing/v1/archive-loans/{row.id}", row.version)
    return present(row)


@router.get("/archive-loans", operation_id="list_archive_loans")
async def list_archive_loans(
    tx: TxDep,
    who: Asks,
    page: PageDep,
    community_id: UUID | None = None,
    file_id: UUID | None = None,
    state: Literal["asked", "permitted", "refused", "out", "returned"] | None = None,
) -> Page[LoanOut]:
    """Requests within reach, the oldest first."""
    rows = await service.page(tx, who, community_id, file_id, state, page)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, present)


@router.get("/archive-loans/{id}", operation_id="get_archive_loan", responses=problems(404))
async def get_archive_loan(id: UUID, tx: TxDep, who: Asks, response: Response) -> LoanOut:
    """One request."""
    return _moved(await service.find(tx, who, id), response)


@router.post("/archive-loans/{id}/decision", operation_id="decide_archive_loan", responses=problems(403, 404, 409, 412))
async def decide_archive_loan(
    id: UUID,
    body: LoanDecisionIn,
    tx: TxDep,
    who: Annotated[Principal, allow("archive.permit")],
    if_match: IfMatch,
    response: Response,
) -> LoanOut:
    """Permit or refuse; never what one asked for oneself."""
    return _moved(await service.decide(tx, who, id, body, if_match), response)


@router.post("/archive-loans/{id}/out", operation_id="hand_out_archive", responses=problems(404, 409, 412))
async def hand_out_archive(id: UUID, tx: TxDep, who: Keeps, if_match: IfMatch, response: Response) -> LoanOut:
    """Hand out what was permitted."""
    return _moved(await service.hand_out(tx, who, id, if_match), response)


@router.post("/archive-loans/{id}/return", operation_id="take_back_archive", responses=problems(404, 409, 412))
async def take_back_archive(id: UUID, tx: TxDep, who: Keeps, if_match: IfMatch, response: Response) -> LoanOut:
    """Take back what was handed out."""
    return _moved(await service.take_back(tx, who, id, if_match), response)
