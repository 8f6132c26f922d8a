"""``/billing/v1/payments``."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.billing.payments import service
from services.billing.payments.schemas import AllocatedOut, PaymentIn, PaymentOut, Wanted
from services.billing.payments.service import Booked
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, created, page_of, problems, service_router
from shared.http.schemas import LocalDate, MoneyModel

router = service_router(prefix="/v1/payments", tags=["payments"])


def present(booked: Booked) -> PaymentOut:
    """A payment as it goes out."""
    p = booked.payment
    return PaymentOut(
        id=p.id,
        community_id=p.community_id,
        unit_id=p.unit_id,
        payer_id=p.payer_id,
        method=p.method,
        reference=p.reference,
        amount=MoneyModel.of_fen(p.amount_fen),
        value_date=p.value_date,
        paid_on=p.paid_on,
        prepaid=MoneyModel.of_fen(p.prepaid_fen),
        prepaid_open=MoneyModel.of_fen(booked.prepaid_open_fen),
        allocations=[
            AllocatedOut(allocation_id=item.id, bill_id=item.bill_id, amount=MoneyModel.of_fen(item.amount_fen))
            for item in booked.paid
        ],
        received_at=booked.received_at,
    )


@router.post("", status_code=201, operation_id="record_payment", responses=problems(404, 409))
async def record_payment(
    body: PaymentIn, tx: TxDep, who: Annotated[Principal, allow("payment.record")], response: Response
) -> PaymentOut:
    """Book money that came in. The same payment again (method, reference, content) is the first one."""
    booked = await service.receive(tx, who, body)
    created(response, f"/billing/v1/payments/{booked.payment.id}", 1)
    return present(booked)


@router.get("", operation_id="list_payments")
async def list_payments(
    tx: TxDep,
    who: Annotated[Principal, allow("payment.read")],
    page: PageDep,
    community_id: UUID | None = None,
    unit_id: UUID | None = None,
    payer_id: UUID | None = None,
    method: Annotated[str | None, Query(max_length=40)] = None,
    reference: Annotated[str | None, Query(max_length=120)] = None,
    value_from: Annotated[LocalDate | None, Query(description="First value date")] = None,
    value_to: Annotated[LocalDate | None, Query(description="Last value date")] = None,
) -> Page[PaymentOut]:
    """Payments, the latest received first; residents see those of their own dwellings."""
    wanted = Wanted(community_id, unit_id, payer_id, method, reference, value_from, value_to, page.updated_after)
    rows = await service.page(tx, who, wanted, page.after.uuid() if page.after else None, page.limit + 1)
    return page_of(rows, page.limit, lambda b: {"id": b.payment.id}, present)


@router.get("/{payment_id}", operation_id="get_payment", responses=problems(404))
async def get_payment(payment_id: UUID, tx: TxDep, who: Annotated[Principal, allow("payment.read")]) -> PaymentOut:
    """One payment with the bills it paid so far."""
    return present(await service.get(tx, who, payment_id))
