"""``/billing/v1/credits`` and ``/billing/v1/supplementary-bills``."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Response
from sqlalchemy import Row

from services.billing.approvals.service import ask_about
from services.billing.credits import service
from services.billing.credits.schemas import CreditIn, CreditOut, IssuedOut, SupplementIn
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, created, page_of, problems, service_router
from shared.http.schemas import MoneyModel

router = service_router(prefix="/v1", tags=["corrections"])


def present(row: Row[Any]) -> CreditOut:
    """A credit as it goes out."""
    same = (name for name in CreditOut.model_fields if name != "amount")
    return CreditOut(**{name: getattr(row, name) for name in same}, amount=MoneyModel.of_fen(row.amount_fen))


@router.post("/credits", status_code=201, operation_id="credit_bill", responses=problems(404, 409))
async def credit_bill(
    body: CreditIn, tx: TxDep, who: Annotated[Principal, allow("credit.ask")], response: Response
) -> CreditOut:
    """Owe less on an issued bill, which itself never changes. Waivers, and credits of more than 200.00 yuan of one
    bill, wait for an approval; the others are booked at once. Money the bill no longer needs becomes a prepayment."""
    row, waits = await service.ask(tx, who, body)
    if waits:
        await ask_about(tx, who, "credit", row)
        row = await service.found(tx, row.id)
    created(response, f"/billing/v1/credits?bill_id={row.bill_id}")
    return present(row)


@router.get("/credits", operation_id="list_credits")
async def list_credits(
    tx: TxDep,
    who: Annotated[Principal, allow("bill.read")],
    page: PageDep,
    bill_id: UUID | None = None,
    state: Literal["pending", "applied", "refused"] | None = None,
) -> Page[CreditOut]:
    """Credits and waivers, the latest first; residents see those of their own dwellings."""
    before = page.after.uuid() if page.after else None
    rows = await service.page(tx, who, bill_id, state, before, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, present)


@router.post(
    "/supplementary-bills", status_code=201, operation_id="supplement_bill", responses=problems(404, 409)
)
async def supplement_bill(
    body: SupplementIn, tx: TxDep, who: Annotated[Principal, allow("bill.issue")], response: Response
) -> IssuedOut:
    """Issue what a bill of before was too low by; the old one stays as it is, and the new one names it."""
    bill_id = await service.supplement(tx, who, body)
    created(response, f"/billing/v1/bills/{bill_id}")
    return IssuedOut(bill_id=bill_id)
