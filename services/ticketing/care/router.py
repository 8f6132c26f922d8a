"""``/ticketing/v1/care-plans`` and ``/ticketing/v1/care-calls``."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Path, Response
from sqlalchemy import Row

from services.ticketing.care import service
from services.ticketing.care.schemas import AttemptIn, AttemptOut, CareCallOut, PlanIn, PlanOut
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, created, page_of, problems, service_router

router = service_router(prefix="/v1/care-plans", tags=["care"])
calls_router = service_router(prefix="/v1/care-calls", tags=["care"])

Reads = Annotated[Principal, allow("care.read")]
Plans = Annotated[Principal, allow("care.plan")]
Round = Annotated[int, Path(ge=1, le=30_000)]


def present(row: Row[Any]) -> PlanOut:
    """A plan as it goes out."""
    return PlanOut(**{name: getattr(row, name) for name in PlanOut.model_fields})


def present_call(row: Row[Any]) -> CareCallOut:
    """A household's call as it goes out."""
    return CareCallOut(**{name: getattr(row, name) for name in CareCallOut.model_fields})


@router.post("", status_code=201, operation_id="make_care_plan", responses=problems(404))
async def make_plan(body: PlanIn, tx: TxDep, who: Plans, response: Response) -> PlanOut:
    """Have every occupied household below an org unit called on, round after round."""
    row = await service.plan(tx, who, body)
    created(response, f"/ticketing/v1/care-plans/{row.id}", row.version)
    return present(row)


@router.get("", operation_id="list_care_plans")
async def list_plans(tx: TxDep, who: Reads, page: PageDep) -> Page[PlanOut]:
    """Plans within reach, in the order of their making."""
    after = page.after.uuid() if page.after is not None else None
    rows = await service.plans(tx, who, after, page.limit + 1)
    return page_of(rows, page.limit, key=lambda r: {"id": r.id}, present=present)


@router.get("/{plan_id}", operation_id="get_care_plan", responses=problems(404))
async def get_plan(plan_id: UUID, tx: TxDep, who: Reads) -> PlanOut:
    """One plan."""
    return present(await service.find(tx, who, plan_id))


@router.post("/{plan_id}/end", operation_id="end_care_plan", responses=problems(404, 409))
async def end_plan(plan_id: UUID, tx: TxDep, who: Plans) -> PlanOut:
    """End a plan; the round under way goes on to its end."""
    return present(await service.end(tx, who, plan_id))


@calls_router.get("", operation_id="list_care_calls")
async def list_calls(
    tx: TxDep,
    who: Reads,
    page: PageDep,
    plan_id: UUID | None = None,
    community_id: UUID | None = None,
    state: Literal["due", "reached", "refused", "missed"] | None = None,
) -> Page[CareCallOut]:
    """Households within reach: whom to call on, and what became of it."""
    after = None
    if page.after is not None:
        after = (page.after.uuid("plan"), page.after.number("round"), page.after.uuid("unit"))
    rows = await service.calls(tx, who, plan_id, community_id, state, after, page.limit + 1)
    return page_of(
        rows,
        page.limit,
        key=lambda r: {"plan": r.plan_id, "round": r.round, "unit": r.unit_id},
        present=present_call,
    )


@calls_router.post(
    "/{plan_id}/{round}/{unit_id}/attempts", operation_id="record_care_attempt", responses=problems(404, 409)
)
async def record_attempt(
    plan_id: UUID,
    round: Round,
    unit_id: UUID,
    body: AttemptIn,
    tx: TxDep,
    who: Annotated[Principal, allow("care.call")],
) -> AttemptOut:
    """Record a try at a household; a need that was heard is a ticket by the time this answers."""
    row, ticket_id = await service.attempt(tx, who, (plan_id, round, unit_id), body)
    return AttemptOut(**present_call(row).model_dump(), ticket_id=ticket_id)
