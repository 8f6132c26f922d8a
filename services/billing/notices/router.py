"""``/billing/v1/dunning-notices``."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Request, Response
from sqlalchemy import Row

from services.billing.notices import service
from services.billing.notices.schemas import DeliveredIn, NoticeIn, NoticeOut, PrintedIn
from shared.auth import Principal, allow
from shared.documents import Template, render
from shared.http.routing import Page, PageDep, TxDep, created, page_of, problems, service_router
from shared.http.schemas import MoneyModel
from shared.runtime import Runtime

router = service_router(prefix="/v1/dunning-notices", tags=["dunning notices"])
TEMPLATE: Final = Template(Path(__file__).parent / "templates", "notice")
PDF: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The notice as PDF",
        "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def present(row: Row[Any]) -> NoticeOut:
    """A notice as it goes out."""
    return NoticeOut(
        id=row.id,
        number=row.number,
        case_id=row.case_id,
        community_id=row.community_id,
        unit_id=row.unit_id,
        kind=row.kind,
        amount=MoneyModel.of_fen(row.amount_fen),
        due_at=row.due_at,
        term_days=row.term_days,
        content_hash=row.content_hash,
        issued_at=row.created_at,
        printed_at=row.printed_at,
        printed_by=row.printed_by,
        delivered_at=row.delivered_at,
        delivered_by=row.delivered_by,
        delivery=row.delivery,
        proof_sha256=row.proof,
        missed_at=row.missed_at,
    )


@router.post("", status_code=201, operation_id="issue_dunning_notice", responses=problems(404, 409))
async def issue_dunning_notice(
    body: NoticeIn, tx: TxDep, who: Annotated[Principal, allow("dunning.record")], response: Response
) -> NoticeOut:
    """Number a notice or a written demand for what the household owes now."""
    notice_id = await service.issue(tx, who, body)
    created(response, f"/billing/v1/dunning-notices/{notice_id}")
    return present(await service.get(tx, who, notice_id))


@router.get("", operation_id="list_dunning_notices")
async def list_dunning_notices(
    tx: TxDep,
    who: Annotated[Principal, allow("dunning.read")],
    page: PageDep,
    community_id: UUID | None = None,
    case_id: UUID | None = None,
) -> Page[NoticeOut]:
    """Notices, the latest first."""
    before = page.after.uuid() if page.after else None
    rows = await service.page(tx, who, community_id, case_id, before, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, present)


@router.get("/{notice_id}", operation_id="get_dunning_notice", responses=problems(404))
async def get_dunning_notice(notice_id: UUID, tx: TxDep, who: Annotated[Principal, allow("dunning.read")]) -> NoticeOut:
    """One notice."""
    return present(await service.get(tx, who, notice_id))


@router.get(
    "/{notice_id}/notice.pdf",
    operation_id="print_dunning_notice",
    responses={**PDF, **problems(404)},
    response_class=Response,
)
async def print_dunning_notice(
    notice_id: UUID, request: Request, who: Annotated[Principal, allow("dunning.record")]
) -> Response:
    """The paper: the same number is the same bytes. That it was printed is recorded by `…/printed`."""
    runtime: Runtime = request.app.state.runtime
    async with runtime.db.read(who.org) as tx:
        row = await service.get(tx, who, notice_id)
    pdf = await asyncio.to_thread(render, TEMPLATE, {**row.content, "hash": row.content_hash}, row.created_at)
    headers = {
        "Content-Disposition": f'inline; filename="{row.number}.pdf"',
        "Cache-Control": "private, no-store",
        "X-Document-Number": row.number,
        "X-Content-Type-Options": "nosniff",
    }
    return Response(pdf, media_type="application/pdf", headers=headers)


@router.post("/{notice_id}/printed", operation_id="record_notice_printed", responses=problems(404, 409))
async def record_notice_printed(
    notice_id: UUID, body: PrintedIn, tx: TxDep, who: Annotated[Principal, allow("dunning.record")]
) -> NoticeOut:
    """It was printed."""
    await service.printed(tx, who, notice_id, body)
    return present(await service.get(tx, who, notice_id))


@router.post("/{notice_id}/delivered", operation_id="record_notice_delivered", responses=problems(404, 409))
async def record_notice_delivered(
    notice_id: UUID, body: DeliveredIn, tx: TxDep, who: Annotated[Principal, allow("dunning.record")]
) -> NoticeOut:
    """It was delivered: by whom, when, how, and what proves it."""
    await service.delivered(tx, who, notice_id, body)
    return present(await service.get(tx, who, notice_id))
