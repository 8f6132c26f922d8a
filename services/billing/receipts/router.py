"""``/billing/v1/receipts``."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import Request, Response
from sqlalchemy import Row

from services.billing.receipts import service
from services.billing.receipts.schemas import ReceiptOut, VoidIn
from shared.auth import Principal, allow
from shared.http.routing import IfMatch, Page, PageDep, TxDep, created, etag, page_of, problems, service_router
from shared.http.schemas import MoneyModel

router = service_router(prefix="/v1", tags=["receipts"])

Reads = Annotated[Principal, allow("receipt.read")]

_PDF: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The receipt as PDF",
        "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def present(row: Row[Any]) -> ReceiptOut:
    """A receipt as it goes out."""
    return ReceiptOut(
        id=row.id,
        version=row.version,
        number=service.number(row),
        payment_id=row.payment_id,
        community_id=row.community_id,
        unit_id=row.unit_id,
        amount=MoneyModel(amount=row.content["amount"]),
        state="valid" if row.voided_at is None else "void",
        issued_at=row.created_at,
        issued_by=row.issued_by,
        voided_at=row.voided_at,
        voided_by=row.voided_by,
        void_reason=row.void_reason,
    )


@router.post(
    "/payments/{payment_id}/receipts", status_code=201, operation_id="issue_receipt", responses=problems(404, 409)
)
async def issue_receipt(
    payment_id: UUID, tx: TxDep, who: Annotated[Principal, allow("receipt.issue")], response: Response
) -> ReceiptOut:
    """Issue the receipt of a payment, with the next number of the year; one is valid at a time."""
    row = await service.issue(tx, who, payment_id)
    created(response, f"/billing/v1/receipts/{row.id}", row.version)
    return present(row)


@router.get("/receipts", operation_id="list_receipts")
async def list_receipts(
    tx: TxDep, who: Reads, page: PageDep, unit_id: UUID | None = None, payment_id: UUID | None = None
) -> Page[ReceiptOut]:
    """Receipts, void ones too, the latest issued first; residents see those of their own dwellings."""
    before = page.after.uuid() if page.after else None
    rows = await service.page(tx, who, unit_id, payment_id, before, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, present)


@router.get("/receipts/{receipt_id}", operation_id="get_receipt", responses=problems(404))
async def get_receipt(receipt_id: UUID, tx: TxDep, who: Reads, response: Response) -> ReceiptOut:
    """One receipt."""
    row = await service.get(tx, who, receipt_id)
    etag(response, row.version)
    return present(row)


@router.post("/receipts/{receipt_id}/void", operation_id="void_receipt", responses=problems(404, 409, 412))
async def void_receipt(
    receipt_id: UUID,
    body: VoidIn,
    tx: TxDep,
    who: Annotated[Principal, allow("receipt.void")],
    if_match: IfMatch,
    response: Response,
) -> ReceiptOut:
    """Void a receipt, with a reason; it keeps its number and is never deleted."""
    row = await service.void(tx, who, receipt_id, body.reason, if_match)
    etag(response, row.version)
    return present(row)


@router.get(
    "/receipts/{receipt_id}/pdf",
    operation_id="print_receipt",
    responses={**_PDF, **problems(404)},
    response_class=Response,
)
async def print_receipt(receipt_id: UUID, request: Request, who: Reads) -> Response:
    """The receipt as PDF, the same every time; a void one says so across the page."""
    made = await service.printed(request.app.state.runtime, who, receipt_id)
    headers = {
        "Content-Disposition": f"inline; filename*=UTF-8''{quote(f'收据 {made.number}.pdf', safe='')}",
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(made.pdf, media_type="application/pdf", headers=headers)
