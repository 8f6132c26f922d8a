"""``/ticketing/v1/work-orders``, a ticket's orders, the engineer's own, and the rules of giving out."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Response
from sqlalchemy import Row

from services.ticketing.domain.orders import STATES
from services.ticketing.orders import service
from services.ticketing.orders.schemas import (
    AcceptIn,
    ConsideredOut,
    DispatchRuleIn,
    DispatchRuleOut,
    GrabIn,
    OrderIn,
    OrderOut,
    RefuseIn,
    TransferIn,
)
from shared.auth import Principal, allow
from shared.http.routing import IfMatch, Page, PageDep, TxDep, created, etag, page_of, problems, service_router
from shared.http.schemas import Text

router = service_router(prefix="/v1", tags=["work orders"])

_ELSEWHERE = {"ticket_number", "state_name", "considered"}
_SAME = tuple(name for name in OrderOut.model_fields if name not in _ELSEWHERE)
_RULE = tuple(DispatchRuleOut.model_fields)

Reads = Annotated[Principal, allow("order.read")]
Works = Annotated[Principal, allow("order.work")]
Gives = Annotated[Principal, allow("order.give")]


def present(row: Row[Any]) -> OrderOut:
    """An order as it goes out."""
    zh, en = STATES[row.state]
    return OrderOut(
        ticket_number=row.number,
        state_name=Text(zh=zh, en=en),
        considered=[ConsideredOut.model_validate(one) for one in row.considered],
        **{name: getattr(row, name) for name in _SAME},
    )


def _rule(row: Row[Any]) -> DispatchRuleOut:
    return DispatchRuleOut(**{name: getattr(row, name) for name in _RULE})


@router.post(
    "/tickets/{ticket_id}/orders",
    status_code=201,
    operation_id="give_out_ticket",
    responses=problems(404, 409, 412),
)
async def give_out(
    ticket_id: UUID, body: OrderIn, tx: TxDep, who: Gives, if_match: IfMatch, response: Response
) -> OrderOut:
    """Give a case out: to somebody, to whoever's turn it is, or to the pool. `considered` says why."""
    row = await service.give_out(tx, who, ticket_id, body, if_match)
    created(response, f"/ticketing/v1/work-orders/{row.id}", row.version)
    return present(row)


@router.get("/tickets/{ticket_id}/orders", operation_id="list_ticket_orders", responses=problems(404))
async def list_of_ticket(ticket_id: UUID, tx: TxDep, who: Reads) -> Page[OrderOut]:
    """Everybody who had the case, oldest first."""
    rows = await service.of_ticket(tx, who, ticket_id)
    return page_of(rows, len(rows), key=lambda r: {"id": r.id}, present=present)


@router.get("/my/orders", operation_id="list_my_orders")
async def list_mine(tx: TxDep, who: Works, page: PageDep) -> Page[OrderOut]:
    """One's own orders, the longest unchanged first, those that are over too.

    To keep a device up to date ask with `updated_after` a minute before the newest `updated_at` it has.
    """
    after = (page.after.time("at"), page.after.uuid()) if page.after is not None else None
    rows = await service.mine(tx, who, page.updated_after, after, page.limit + 1)
    return page_of(rows, page.limit, key=lambda r: {"at": r.updated_at, "id": r.id}, present=present)


@router.get("/work-orders/pool", operation_id="list_order_pool")
async def list_pool(tx: TxDep, who: Reads, page: PageDep) -> Page[OrderOut]:
    """Orders within reach that nobody has yet, oldest first."""
    after = page.after.uuid() if page.after is not None else None
    rows = await service.pool(tx, who, after, page.limit + 1)
    return page_of(rows, page.limit, key=lambda r: {"id": r.id}, present=present)


@router.get("/work-orders/{order_id}", operation_id="get_work_order", responses=problems(404))
async def get_order(order_id: UUID, tx: TxDep, who: Reads, response: Response) -> OrderOut:
    """One order."""
    row = await service.find(tx, who, order_id)
    etag(response, row.version)
    return present(row)


@router.post("/work-orders/{order_id}/grab", operation_id="grab_work_order", responses=problems(404, 409))
async def grab(order_id: UUID, body: GrabIn, tx: TxDep, who: Works, response: Response) -> OrderOut:
    """Take an order from the pool. The first wins; whoever comes later reads who has it."""
    row = await service.grab(tx, who, order_id)
    etag(response, row.version)
    return present(row)


@router.post("/work-orders/{order_id}/accept", operation_id="accept_work_order", responses=problems(404, 409, 412))
async def accept(
    order_id: UUID, body: AcceptIn, tx: TxDep, who: Works, if_match: IfMatch, response: Response
) -> OrderOut:
    """Take an offered order on."""
    row = await service.accept(tx, who, order_id, body, if_match)
    etag(response, row.version)
    return present(row)


@router.post("/work-orders/{order_id}/refuse", operation_id="refuse_work_order", responses=problems(404, 409, 412))
async def refuse(
    order_id: UUID, body: RefuseIn, tx: TxDep, who: Works, if_match: IfMatch, response: Response
) -> OrderOut:
    """Refuse an offered order, with the reason. The next in turn gets it, or whoever gives orders out is told."""
    row = await service.refuse(tx, who, order_id, body, if_match)
    etag(response, row.version)
    return present(row)


@router.post(
    "/work-orders/{order_id}/transfer",
    status_code=201,
    operation_id="transfer_work_order",
    responses=problems(404, 409, 412),
)
async def transfer(
    order_id: UUID, body: TransferIn, tx: TxDep, who: Works, if_match: IfMatch, response: Response
) -> OrderOut:
    """Hand the case over with a note. The answer is the order that follows."""
    row = await service.transfer(tx, who, order_id, body, if_match)
    created(response, f"/ticketing/v1/work-orders/{row.id}", row.version)
    return present(row)


@router.put("/dispatch-rules", operation_id="set_dispatch_rule", responses=problems(404))
async def set_rule(
    body: DispatchRuleIn, tx: TxDep, who: Annotated[Principal, allow("order.rules")]
) -> DispatchRuleOut:
    """Set how an org unit, and what lies below it, gives out cases of a kind."""
    return _rule(await service.set_rule(tx, who, body))


@router.get("/dispatch-rules", operation_id="list_dispatch_rules")
async def list_rules(tx: TxDep, who: Reads) -> Page[DispatchRuleOut]:
    """The rules of org units within reach; without one, orders go in turn."""
    rows = await service.rules(tx, who)
    return page_of(rows, len(rows), key=lambda r: {"id": r.id}, present=_rule)
