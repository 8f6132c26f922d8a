"""``/ticketing/v1/revisit-plans``: who is called about what, and the lots that decided it."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Response
from sqlalchemy import Row

from services.ticketing.domain.revisit_sampling import seed_hash
from services.ticketing.models import revisit_plans
from services.ticketing.revisit_plans import repository, service
from services.ticketing.revisit_plans.schemas import DrawOut, PlanIn, PlanOut
from shared.auth import Principal, allow
from shared.db.tx import Tx
from shared.http.routing import IfMatch, Page, PageDep, TxDep, created, etag, page_of, problems, service_router

router = service_router(prefix="/v1", tags=["revisits"])

Reads = Annotated[Principal, allow("revisit.plans")]
Plans = Annotated[Principal, allow("revisit.plan")]

_PLAN = tuple(n for n in PlanOut.model_fields if n not in ("seed", "seed_hash", "completions", "sampled"))
_DRAW = tuple(n for n in DrawOut.model_fields if n != "ticket_number")


def _plan(row: Row[Any], counts: dict[UUID, tuple[int, int]]) -> PlanOut:
    seen, sampled = counts.get(row.id, (0, 0))
    return PlanOut(
        **{name: getattr(row, name) for name in _PLAN},
        seed_hash=seed_hash(row.seed),
        seed=None if row.ended_at is None else row.seed,
        completions=seen,
        sampled=sampled,
    )


async def _shown(tx: Tx, row: Row[Any]) -> PlanOut:
    return _plan(row, await repository.counts(tx, [row.id]))


@router.post("/revisit-plans", status_code=201, operation_id="create_revisit_plan", responses=problems(404))
async def create_plan(body: PlanIn, tx: TxDep, who: Plans, response: Response) -> PlanOut:
    """Put a sampling plan in force from now on; the one before it ends, and its seed is shown."""
    row = await service.create(tx, who, body)
    created(response, f"/ticketing/v1/revisit-plans/{row.id}", row.version)
    return await _shown(tx, row)


@router.get("/revisit-plans", operation_id="list_revisit_plans")
async def list_plans(
    tx: TxDep,
    who: Reads,
    page: PageDep,
    kind: str | None = None,
    org_unit_id: UUID | None = None,
    in_force: bool | None = None,
) -> Page[PlanOut]:
    """Sampling plans within reach in the order of their making."""
    where = service.reach(tx, who)
    if kind is not None:
        where.append(revisit_plans.c.kind == kind)
    if org_unit_id is not None:
        where.append(revisit_plans.c.org_unit_id == org_unit_id)
    if in_force is not None:
        ended = revisit_plans.c.ended_at
        where.append(ended.is_(None) if in_force else ended.is_not(None))
    rows = await repository.page(tx, where, page)
    counts = await repository.counts(tx, [row.id for row in rows])
    return page_of(rows, page.limit, lambda row: {"id": row.id}, lambda row: _plan(row, counts))


@router.get("/revisit-plans/{id}", operation_id="get_revisit_plan", responses=problems(404))
async def get_plan(id: UUID, tx: TxDep, who: Reads, response: Response) -> PlanOut:
    """One sampling plan with how many completions it saw and how many of them are followed up."""
    row = await service.find(tx, who, id)
    etag(response, row.version)
    return await _shown(tx, row)


@router.post("/revisit-plans/{id}/end", operation_id="end_revisit_plan", responses=problems(404, 409, 412))
async def end_plan(id: UUID, tx: TxDep, who: Plans, if_match: IfMatch, response: Response) -> PlanOut:
    """End a plan without another in its place; its seed is shown from now on."""
    row = await service.end(tx, who, id, if_match)
    etag(response, row.version)
    return await _shown(tx, row)


@router.get("/revisit-draws", operation_id="list_revisit_draws")
async def list_draws(
    tx: TxDep,
    who: Reads,
    page: PageDep,
    plan_id: UUID | None = None,
    ticket_id: UUID | None = None,
    sampled: bool | None = None,
) -> Page[DrawOut]:
    """The lots: for each completion under a plan why it is, or is not, followed up."""
    after = (page.after.uuid(), page.after.number("round")) if page.after is not None else None
    rows = await service.draws(
        tx, who, plan_id=plan_id, ticket_id=ticket_id, sampled=sampled, after=after, limit=page.limit + 1
    )

    def present(row: Row[Any]) -> DrawOut:
        return DrawOut(ticket_number=row.number, **{name: getattr(row, name) for name in _DRAW})

    return page_of(rows, page.limit, lambda row: {"id": row.ticket_id, "round": row.round}, present)
