"""``/billing/v1/payment-orders``: an owner's way to pay by phone."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Request, Response
from sqlalchemy import Row

from services.billing.orders import service
from services.billing.orders.accounts import PROVIDERS, account_named, configured
from services.billing.orders.schemas import OrderIn, OrderOut, StartedOut, StartIn, State, Wanted
from services.billing.payment_errors import (
    NoPayAccount,
    PaymentOrderInvalid,
    ProviderRefuses,
    ProviderSilent,
)
from services.billing.providers._said import NoAnswer, Refused, Trade
from shared.auth import Principal, allow
from shared.errors import FieldError
from shared.http.routing import (
    Page,
    PageDep,
    TxDep,
    created,
    etag,
    own_transactions,
    page_of,
    problems,
    service_router,
)
from shared.http.schemas import MoneyModel
from shared.telemetry.context import request_id

router = service_router(prefix="/v1/payment-orders", tags=["payment orders"])

Pays = Annotated[Principal, allow("payment_order.make")]
Reads = Annotated[Principal, allow("payment_order.read")]


def present(row: Row[Any]) -> OrderOut:
    """An order as it goes out."""
    return OrderOut(
        id=row.id,
        version=row.version,
        community_id=row.community_id,
        unit_id=row.unit_id,
        method=row.method,
        amount=MoneyModel.of_fen(row.amount_fen),
        bills=[UUID(item["bill_id"]) for item in row.allocations],
        state=row.state,
        expires_at=row.expires_at,
        trade=row.trade,
        said=None if row.said_fen is None else MoneyModel.of_fen(row.said_fen),
        payment_id=row.payment_id,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


@router.post("", status_code=201, operation_id="make_payment_order", responses=problems(404, 409))
async def make_payment_order(body: OrderIn, tx: TxDep, who: Pays, request: Request, response: Response) -> OrderOut:
    """Order a payment for bills, an amount, or all that is open. Nothing is charged yet."""
    row = await service.make(tx, who, body, configured(request.app.state.runtime.settings))
    created(response, f"/billing/v1/payment-orders/{row.id}", row.version)
    return present(row)


@router.post("/{order_id}/start", operation_id="start_payment_order", responses=problems(404, 409))
@own_transactions  # the provider is called in between; a repeat starts the same trade again
async def start_payment_order(order_id: UUID, body: StartIn, who: Pays, request: Request) -> StartedOut:
    """Send the payer to the provider: what the device needs to pay this order, the same trade every time."""
    rt = request.app.state.runtime
    async with rt.db.read(who.org) as tx:
        row = await service.startable(tx, who, order_id)
    account = account_named(rt.settings, row.account)
    if account is None:
        raise NoPayAccount(method=row.method)
    provider = PROVIDERS[account.method]
    if provider.needs_payer and body.payer is None:
        zh, en = "请提供付款人的 openid。", "The payer's openid is needed."
        raise PaymentOrderInvalid(fields=[FieldError("payer", zh, en)])
    notify_url = f"{rt.settings.public_url.rstrip('/')}/billing/v1/payment-callbacks/{who.org}/{account.id}"
    trade = Trade(row.id, row.amount_fen, "物业费用", row.expires_at, notify_url, body.payer)
    try:
        pay = await provider.start(account, trade)
    except NoAnswer as problem:
        raise ProviderSilent() from problem
    except Refused as problem:
        raise ProviderRefuses(reason=str(problem)) from problem
    async with rt.db.tx(who.org, actor_id=who.sub, request_id=request_id.get()) as tx:
        await service.started(tx, order_id)
    return StartedOut(order_id=order_id, expires_at=row.expires_at, pay=pay)


@router.post("/{order_id}/ask", status_code=202, operation_id="ask_payment_order", responses=problems(404))
async def ask_payment_order(
    order_id: UUID, tx: TxDep, who: Annotated[Principal, allow("payment_order.ask")]
) -> OrderOut:
    """Have the provider asked what became of the order, without waiting for its callback."""
    return present(await service.ask_now(tx, who, order_id))


@router.get("", operation_id="list_payment_orders")
async def list_payment_orders(
    tx: TxDep,
    who: Reads,
    page: PageDep,
    community_id: UUID | None = None,
    unit_id: UUID | None = None,
    state: State | None = None,
) -> Page[OrderOut]:
    """Payment orders, the latest made first; residents see those of their own dwellings."""
    wanted = Wanted(community_id, unit_id, state, page.updated_after)
    rows = await service.page(tx, who, wanted, page.after.uuid() if page.after else None, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, present)


@router.get("/{order_id}", operation_id="get_payment_order", responses=problems(404))
async def get_payment_order(order_id: UUID, tx: TxDep, who: Reads, response: Response) -> OrderOut:
    """One payment order and what became of it."""
    row = await service.get(tx, who, order_id)
    etag(response, row.version)
    return present(row)
