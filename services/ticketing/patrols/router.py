"""``/ticketing/v1/patrols`` and ``/ticketing/v1/patrol-duties``."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from sqlalchemy import Row

from services.ticketing.patrols import service
from services.ticketing.patrols.schemas import DayOut, DutyIn, DutyOut, PatrolIn, PatrolOut, PatrolReviewIn
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, created, etag, page_of, problems, service_router

router = service_router(prefix="/v1/patrols", tags=["patrols"])
duties_router = service_router(prefix="/v1/patrol-duties", tags=["patrols"])

Reads = Annotated[Principal, allow("patrol.read")]


def present(row: Row[Any]) -> PatrolOut:
    """A patrol as it goes out."""
    return PatrolOut(**{name: getattr(row, name) for name in PatrolOut.model_fields})


def present_duty(row: Row[Any]) -> DutyOut:
    """A duty as it goes out."""
    return DutyOut(**{name: getattr(row, name) for name in DutyOut.model_fields})


@router.post("", status_code=201, operation_id="record_patrol", responses=problems(404, 409))
async def record_patrol(
    body: PatrolIn, tx: TxDep, who: Annotated[Principal, allow("patrol.record")], response: Response
) -> PatrolOut:
    """Record a patrol; each finding is a ticket by the time this answers."""
    row = await service.record(tx, who, body)
    created(response, f"/ticketing/v1/patrols/{row.id}", row.version)
    return present(row)


@router.get("", operation_id="list_patrols")
async def list_patrols(
    tx: TxDep,
    who: Reads,
    page: PageDep,
    community_id: UUID | None = None,
    day: date | None = None,
    unread: Annotated[bool, Query(description="Only records that nobody has read yet")] = False,
) -> Page[PatrolOut]:
    """Patrols within reach, the newest record first."""
    after = page.after.uuid() if page.after is not None else None
    rows = await service.page(tx, who, community_id, day, unread, after, page.limit + 1)
    return page_of(rows, page.limit, key=lambda r: {"id": r.id}, present=present)


@router.get("/days", operation_id="list_patrol_days")
async def list_days(
    tx: TxDep, who: Reads, first: date, last: date, community_id: UUID | None = None
) -> list[DayOut]:
    """Days that are over: whether the whole park was patrolled on each."""
    rows = await service.days(tx, who, first, last, community_id)
    return [DayOut(**{name: getattr(row, name) for name in DayOut.model_fields}) for row in rows]


@router.get("/{patrol_id}", operation_id="get_patrol", responses=problems(404))
async def get_patrol(patrol_id: UUID, tx: TxDep, who: Reads, response: Response) -> PatrolOut:
    """One patrol."""
    row = await service.find(tx, who, patrol_id)
    etag(response, row.version)
    return present(row)


@router.post("/{patrol_id}/review", operation_id="review_patrol", responses=problems(404, 409))
async def review_patrol(
    patrol_id: UUID, body: PatrolReviewIn, tx: TxDep, who: Annotated[Principal, allow("patrol.review")]
) -> PatrolOut:
    """The record was read, by somebody else than whoever made the patrol."""
    return present(await service.review(tx, who, patrol_id, body))


@duties_router.put("", operation_id="set_patrol_duty", responses=problems(404))
async def set_duty(body: DutyIn, tx: TxDep, who: Annotated[Principal, allow("patrol.plan")]) -> DutyOut:
    """Have a community patrolled every day; each day without a whole patrol is told when it is over."""
    return present_duty(await service.set_duty(tx, who, body))


@duties_router.get("", operation_id="list_patrol_duties")
async def list_duties(tx: TxDep, who: Reads, page: PageDep) -> Page[DutyOut]:
    """The duties of communities within reach."""
    after = page.after.uuid() if page.after is not None else None
    rows = await service.duties(tx, who, after, page.limit + 1)
    return page_of(rows, page.limit, key=lambda r: {"id": r.id}, present=present_duty)
