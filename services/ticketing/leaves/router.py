"""``/ticketing/v1/leaves``: one's own are asked for here and decided at ``/approvals``."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.ticketing.leaves import service
from services.ticketing.leaves.schemas import CancelLeaveIn, LeaveIn, LeaveOut
from services.ticketing.models import leaves
from services.ticketing.rosters import repository
from services.ticketing.rosters.reach import mine_or_led
from services.ticketing.rosters.schemas import same
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, created, etag, page_of, problems, service_router
from shared.http.schemas import UtcTime

router = service_router(prefix="/v1/leaves", tags=["rosters"])

Own = Annotated[Principal, allow("leave.ask")]


@router.post("", status_code=201, operation_id="ask_leave", responses=problems(404, 409))
async def ask_leave(body: LeaveIn, tx: TxDep, who: Own, response: Response) -> LeaveOut:
    """Ask for one's own leave."""
    row = await service.ask(tx, who, body)
    created(response, f"/ticketing/v1/leaves/{row.id}", row.version)
    shown: LeaveOut = same(LeaveOut, row)
    return shown


@router.get("", operation_id="list_leaves")
async def list_leaves(
    tx: TxDep,
    who: Own,
    page: PageDep,
    person_id: UUID | None = None,
    state: Annotated[str | None, Query(max_length=10)] = None,
    at: Annotated[UtcTime | None, Query(description="Leave that holds at this instant")] = None,
) -> Page[LeaveOut]:
    """One's own leave; for those who lead, also that of org units within reach."""
    where = mine_or_led(tx, who, leaves)
    where += [] if person_id is None else [leaves.c.person_id == person_id]
    where += [] if state is None else [leaves.c.state == state]
    where += [] if at is None else [leaves.c.starts_at <= at, leaves.c.ends_at > at]
    rows = await repository.page(tx, leaves, where, page)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, lambda row: same(LeaveOut, row))


@router.get("/{id}", operation_id="get_leave", responses=problems(404))
async def get_leave(id: UUID, tx: TxDep, who: Own, response: Response) -> LeaveOut:
    """One leave."""
    row = await service.find(tx, who, id)
    etag(response, row.version)
    shown: LeaveOut = same(LeaveOut, row)
    return shown


@router.post("/{id}/cancel", operation_id="cancel_leave", responses=problems(404, 409))
async def cancel_leave(id: UUID, body: CancelLeaveIn, tx: TxDep, who: Own) -> LeaveOut:
    """Take one's own leave back; one that has begun ends now."""
    shown: LeaveOut = same(LeaveOut, await service.cancel(tx, who, id, body.reason))
    return shown
