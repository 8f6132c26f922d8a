"""Corrections of ``/billing/v1/payments/{id}``, and ``/billing/v1/refunds``."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Response
from sqlalchemy import Row

from services.billing.corrections import refunding, service
from services.billing.corrections.schemas import (
    CorrectionOut,
    DecideIn,
    MoveIn,
    RefundIn,
    RefundOut,
    RefundState,
    ReverseIn,
)
from shared.auth import Principal, allow
from shared.http.routing import IfMatch, Page, PageDep, TxDep, created, etag, page_of, problems, service_router
from shared.http.schemas import MoneyModel

router = service_router(prefix="/v1", tags=["payments"])

Corrects = Annotated[Principal, allow("payment.correct")]
Decides = Annotated[Principal, allow("refund.decide")]
ReadsRefunds = Annotated[Principal, allow("refund.read")]


def present(row: Row[Any]) -> CorrectionOut:
    """A correction as it goes out."""
    return CorrectionOut(
        id=row.id,
        payment_id=row.payment_id,
        kind=row.kind,
        amount=MoneyModel.of_fen(row.amount_fen),
        reason=row.reason,
        corrected_by=row.corrected_by,
        new_payment_id=row.new_payment_id,
        corrected_at=row.created_at,
    )


def present_refund(row: Row[Any]) -> RefundOut:
    """A refund as it goes out."""
    same = {name: getattr(row, name) for name in RefundOut.model_fields if name not in ("amount", "asked_at")}
    return RefundOut(**same, amount=MoneyModel.of_fen(row.amount_fen), asked_at=row.created_at)


@router.post("/payments/{payment_id}/reverse", operation_id="reverse_payment", responses=problems(404, 409))
async def reverse_payment(payment_id: UUID, body: ReverseIn, tx: TxDep, who: Corrects) -> CorrectionOut:
    """Undo a payment that never came or came back: its bills are open again, the books only grow."""
    return present(await service.reverse(tx, who, payment_id, body.reason))


@router.post("/payments/{payment_id}/move", operation_id="move_payment", responses=problems(404, 409))
async def move_payment(payment_id: UUID, body: MoveIn, tx: TxDep, who: Corrects) -> CorrectionOut:
    """Book a payment to the unit it belongs to, under the day it was paid; oldest bill first."""
    return present(await service.move(tx, who, payment_id, body.unit_id, body.reason))


@router.get("/payments/{payment_id}/correction", operation_id="get_payment_correction", responses=problems(404))
async def get_payment_correction(
    payment_id: UUID, tx: TxDep, who: Annotated[Principal, allow("payment.read")]
) -> CorrectionOut:
    """How a payment was undone, and where it went; 404 while it stands."""
    return present(await service.correction(tx, who, payment_id))


@router.post("/payments/{payment_id}/refunds", status_code=201, operation_id="ask_refund", responses=problems(404, 409))
async def ask_refund(
    payment_id: UUID,
    body: RefundIn,
    tx: TxDep,
    who: Annotated[Principal, allow("refund.ask")],
    response: Response,
) -> RefundOut:
    """Ask to give back what a payment left as prepayment; somebody else decides."""
    row = await refunding.ask(tx, who, payment_id, body.amount, body.reason)
    created(response, f"/billing/v1/refunds/{row.id}", row.version)
    return present_refund(row)


@router.get("/refunds", operation_id="list_refunds")
async def list_refunds(
    tx: TxDep, who: ReadsRefunds, page: PageDep, state: RefundState | None = None
) -> Page[RefundOut]:
    """Refunds, the latest asked first."""
    rows = await refunding.page(tx, who, state, page.after.uuid() if page.after else None, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, present_refund)


@router.get("/refunds/{refund_id}", operation_id="get_refund", responses=problems(404))
async def get_refund(refund_id: UUID, tx: TxDep, who: ReadsRefunds, response: Response) -> RefundOut:
    """One refund."""
    row = await refunding.get(tx, who, refund_id)
    etag(response, row.version)
    return present_refund(row)


@router.post("/refunds/{refund_id}/approve", operation_id="approve_refund", responses=problems(404, 409, 412))
async def approve_refund(
    refund_id: UUID, body: DecideIn, tx: TxDep, who: Decides, if_match: IfMatch, response: Response
) -> RefundOut:
    """Approve and book a refund; from 50,000.00 yuan on only the general manager."""
    row = await refunding.decide(tx, who, refund_id, approve=True, reason=body.reason, version=if_match)
    etag(response, row.version)
    return present_refund(row)


@router.post("/refunds/{refund_id}/refuse", operation_id="refuse_refund", responses=problems(404, 409, 412))
async def refuse_refund(
    refund_id: UUID, body: DecideIn, tx: TxDep, who: Decides, if_match: IfMatch, response: Response
) -> RefundOut:
    """Refuse a refund, with a reason."""
    row = await refunding.decide(tx, who, refund_id, approve=False, reason=body.reason, version=if_match)
    etag(response, row.version)
    return present_refund(row)
