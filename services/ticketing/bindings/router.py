"""Requests to be bound to a unit: asked by people of the app, decided by the desk of the community."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Response
from sqlalchemy import Row

from services.ticketing.bindings import repository, service
from services.ticketing.bindings.schemas import ApproveIn, BindingIn, BindingOut, RefuseIn, binding_out
from services.ticketing.models import binding_requests
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, created, etag, page_of, problems, service_router

router = service_router(prefix="/v1/bindings", tags=["households"])

Asks = Annotated[Principal, allow("household.bind")]
Reads = Annotated[Principal, allow("household.read")]
Decides = Annotated[Principal, allow("household.decide")]
State = Literal["open", "approved", "refused", "withdrawn"]


@router.post("", status_code=201, operation_id="ask_binding", responses=problems(404, 409, 429))
async def ask_binding(body: BindingIn, tx: TxDep, who: Asks, response: Response) -> BindingOut:
    """Ask to be bound to a unit; the desk of the community decides."""
    row = await service.ask(tx, who, body)
    created(response, f"/ticketing/v1/bindings/{row.id}", row.version)
    return binding_out(row, desk=False)


@router.get("", operation_id="list_bindings")
async def list_bindings(
    tx: TxDep, who: Reads, page: PageDep, state: State | None = None, community_id: UUID | None = None
) -> Page[BindingOut]:
    """One's own requests; the desk's list with likely matches on the register, masked."""
    where = repository.reach(tx, who)
    if state is not None:
        where.append(binding_requests.c.state == state)
    if community_id is not None:
        where.append(binding_requests.c.community_id == community_id)
    rows = await repository.page(tx, where, page)
    shown = {out.id: out for out in await _presented(tx, who, rows)}
    return page_of(rows, page.limit, lambda row: {"id": row.id}, lambda row: shown[row.id])


async def _presented(tx: Any, who: Principal, rows: Any) -> list[BindingOut]:
    if who.is_resident or not rows:
        return [binding_out(row, desk=False) for row in rows]
    ids = [row.id for row in rows]
    named, matches = await repository.named_units(tx, ids), await repository.matches(tx, ids)
    return [binding_out(row, True, named, matches) for row in rows]


async def _one(tx: Any, who: Principal, row: Row[Any], response: Response) -> BindingOut:
    etag(response, row.version)
    return (await _presented(tx, who, [row]))[0]


@router.get("/{id}", operation_id="get_binding", responses=problems(404))
async def get_binding(id: UUID, tx: TxDep, who: Reads, response: Response) -> BindingOut:
    """One request."""
    return await _one(tx, who, await service.find(tx, who, id), response)


@router.post("/{id}/approve", operation_id="approve_binding", responses=problems(404, 409))
async def approve_binding(
    id: UUID, body: ApproveIn, tx: TxDep, who: Decides, response: Response
) -> BindingOut:
    """Bind the applicant to the unit."""
    return await _one(tx, who, await service.approve(tx, who, id, body), response)


@router.post("/{id}/refuse", operation_id="refuse_binding", responses=problems(404, 409))
async def refuse_binding(id: UUID, body: RefuseIn, tx: TxDep, who: Decides, response: Response) -> BindingOut:
    """Refuse a request, for a reason that tells nothing about the unit."""
    return await _one(tx, who, await service.refuse(tx, who, id, body), response)


@router.post("/{id}/withdraw", operation_id="withdraw_binding", responses=problems(404, 409))
async def withdraw_binding(id: UUID, tx: TxDep, who: Asks, response: Response) -> BindingOut:
    """Take one's own request back."""
    return await _one(tx, who, await service.withdraw(tx, who, id), response)
