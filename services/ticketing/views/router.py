"""``/ticketing/v1/ticket-views``: filters kept by a name, used by ``GET /tickets?view=``."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import Response
from sqlalchemy import Row

from services.ticketing.views import service
from services.ticketing.views.schemas import Filters, ViewIn, ViewOut
from shared.auth import Principal, allow
from shared.http.routing import IfMatch, Page, PageDep, TxDep, created, etag, page_of, problems, service_router

router = service_router(prefix="/v1/ticket-views", tags=["tickets"])

Keeps = Annotated[Principal, allow("view.keep")]


def present(who: Principal, row: Row[Any]) -> ViewOut:
    """A view as its reader sees it."""
    return ViewOut(
        id=row.id,
        version=row.version,
        title=row.title,
        filters=Filters.model_validate(row.filters),
        shared_role=row.role,
        shared_org_unit_id=row.org_unit_id,
        owner_id=row.person_id,
        mine=row.person_id == who.sub,
        updated_at=row.updated_at,
    )


@router.post("", status_code=201, operation_id="keep_ticket_view", responses=problems(404, 409))
async def keep_view(body: ViewIn, tx: TxDep, who: Keeps, response: Response) -> ViewOut:
    """Keep filters by a name, for oneself or shared with a role, an org unit, or a role there."""
    row = await service.keep(tx, who, body)
    created(response, f"/ticketing/v1/ticket-views/{row.id}", row.version)
    return present(who, row)


@router.get("", operation_id="list_ticket_views")
async def list_views(tx: TxDep, who: Keeps, page: PageDep) -> Page[ViewOut]:
    """One's own views, and those shared with one."""
    after = page.after.uuid() if page.after is not None else None
    rows = await service.listed(tx, who, after, page.limit + 1)
    return page_of(rows, page.limit, key=lambda r: {"id": r.id}, present=partial(present, who))


@router.get("/{view_id}", operation_id="get_ticket_view", responses=problems(404))
async def get_view(view_id: UUID, tx: TxDep, who: Keeps, response: Response) -> ViewOut:
    """One view."""
    row = await service.find(tx, who, view_id)
    etag(response, row.version)
    return present(who, row)


@router.put("/{view_id}", operation_id="change_ticket_view", responses=problems(404, 409, 412))
async def change_view(
    view_id: UUID, body: ViewIn, tx: TxDep, who: Keeps, if_match: IfMatch, response: Response
) -> ViewOut:
    """Write a view of one's own anew."""
    row = await service.change(tx, who, view_id, body, if_match)
    etag(response, row.version)
    return present(who, row)


@router.delete("/{view_id}", status_code=204, operation_id="remove_ticket_view", responses=problems(404))
async def remove_view(view_id: UUID, tx: TxDep, who: Keeps) -> Response:
    """Take a view of one's own away."""
    await service.remove(tx, who, view_id)
    return Response(status_code=204)
