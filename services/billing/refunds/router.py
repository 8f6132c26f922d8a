"""``/billing/v1/refunds``."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Response
from sqlalchemy import Row

from services.billing.approvals.service import ask_about
from services.billing.refunds import sending, service
from services.billing.refunds.schemas import GiveUpIn, PayIn, RefundIn, RefundOut, RefundState
from shared.auth import Principal, allow
from shared.http.routing import IfMatch, Page, PageDep, TxDep, created, etag, page_of, problems, service_router
from shared.http.schemas import MoneyModel

router = service_router(prefix="/v1", tags=["refunds"])

Pays = Annotated[Principal, allow("refund.pay")]
Reads = Annotated[Principal, allow("refund.read")]


def present(row: Row[Any]) -> RefundOut:
    """A refund as it goes out."""
    other = ("amount", "asked_at", "method", "said")
    same = {name: getattr(row, name) for name in RefundOut.model_fields if name not in other}
    return RefundOut(
        **same,
        amount=MoneyModel.of_fen(row.amount_fen),
        asked_at=row.created_at,
        method=row.method or "bank_transfer",
        said=None if row.said_fen is None else MoneyModel.of_fen(row.said_fen),
    )


@router.post("/payments/{payment_id}/refunds", status_code=201, operation_id="ask_refund", responses=problems(404, 409))
async def ask_refund(
    payment_id: UUID,
    body: RefundIn,
    tx: TxDep,
    who: Annotated[Principal, allow("refund.ask")],
    response: Response,
) -> RefundOut:
    """Ask to give back what a payment left as prepayment. It waits for an approval of somebody else; from 50,000.00
    yuan on the general manager's too."""
    row = await service.ask(tx, who, payment_id, body)
    await ask_about(tx, who, "refund", row)
    row = await service.get(tx, who, row.id)
    created(response, f"/billing/v1/refunds/{row.id}", row.version)
    return present(row)


@router.get("/refunds", operation_id="list_refunds")
async def list_refunds(
    tx: TxDep, who: Reads, page: PageDep, state: RefundState | None = None, payment_id: UUID | None = None
) -> Page[RefundOut]:
    """Refunds, the latest asked first."""
    before = page.after.uuid() if page.after else None
    rows = await service.page(tx, who, state, payment_id, before, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, present)


@router.get("/refunds/{refund_id}", operation_id="get_refund", responses=problems(404))
async def get_refund(refund_id: UUID, tx: TxDep, who: Reads, response: Response) -> RefundOut:
    """One refund."""
    row = await service.get(tx, who, refund_id)
    etag(response, row.version)
    return present(row)


@router.post("/refunds/{refund_id}/pay", operation_id="pay_refund", responses=problems(404, 409, 412))
async def pay_refund(
    refund_id: UUID, body: PayIn, tx: TxDep, who: Pays, if_match: IfMatch, response: Response
) -> RefundOut:
    """Record that an approved refund was paid out: in cash out of one's own drawer, or by bank by finance."""
    row = await service.pay(tx, who, refund_id, body, if_match)
    etag(response, row.version)
    return present(row)


@router.post("/refunds/{refund_id}/give-up", operation_id="give_up_refund", responses=problems(404, 409, 412))
async def give_up_refund(
    refund_id: UUID, body: GiveUpIn, tx: TxDep, who: Pays, if_match: IfMatch, response: Response
) -> RefundOut:
    """Do not pay out an approved refund after all: its money stands beside the bills again."""
    row = await service.give_up(tx, who, refund_id, body.reason, if_match)
    etag(response, row.version)
    return present(row)


@router.post("/refunds/{refund_id}/ask", status_code=202, operation_id="ask_refund_state", responses=problems(404, 409))
async def ask_refund_state(refund_id: UUID, tx: TxDep, who: Pays) -> RefundOut:
    """Have the provider asked what became of a refund, without waiting for its callback."""
    return present(await sending.ask_now(tx, who, refund_id))
