"""``/ticketing/v1/clock-policies``: the limits of org units; ``/clock-plan``: what holds in a community."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from sqlalchemy import Row

from services.ticketing.domain.clock_texts import limit_text
from services.ticketing.domain.clocks import ClockSpec
from services.ticketing.domain.plans import Plan
from services.ticketing.models import clock_policies
from services.ticketing.places.service import org_unit_reach
from services.ticketing.policies import repository, service
from services.ticketing.policies.schemas import LimitOut, PlanOut, PolicyIn, PolicyOut
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, page_of, problems, service_router
from shared.http.schemas import Text

router = service_router(prefix="/v1", tags=["clock policies"])

Reads = Annotated[Principal, allow("clock_policy.read")]
Writes = Annotated[Principal, allow("clock_policy.write")]


def _policy(row: Row[Any]) -> PolicyOut:
    return PolicyOut(
        id=row.id,
        org_unit_id=row.org_unit_id,
        revision=row.revision,
        valid_from=row.valid_from,
        limits={code: service.limit_in(text) for code, text in row.content["limits"].items()},
        roles=row.content["roles"],
        note=row.note,
        set_by=row.set_by,
        created_at=row.created_at,
    )


@router.post("/clock-policies", status_code=201, operation_id="set_clock_policy", responses=problems(404))
async def set_policy(body: PolicyIn, tx: TxDep, who: Writes) -> PolicyOut:
    """Set the limits of an org unit and everything below it. Open clocks are planned anew, closed ones stay."""
    return _policy(await service.set_policy(tx, who, body))


@router.get("/clock-policies", operation_id="list_clock_policies")
async def list_policies(
    tx: TxDep, who: Reads, page: PageDep, org_unit_id: UUID | None = None
) -> Page[PolicyOut]:
    """All versions within reach, the newest first."""
    conditions = org_unit_reach(tx, who)
    if org_unit_id is not None:
        conditions.append(clock_policies.c.org_unit_id == org_unit_id)
    after = page.after.uuid() if page.after is not None else None
    rows = await repository.versions(tx, clock_policies, conditions, after, page.limit + 1)
    return page_of(rows, page.limit, key=lambda r: {"id": r.id}, present=_policy)


@router.get("/clock-plan", operation_id="get_clock_plan", responses=problems(404))
async def get_plan(
    tx: TxDep, who: Reads, community_id: Annotated[UUID, Query(description="Where it holds")]
) -> PlanOut:
    """Every limit that holds in a community now, and where it comes from."""
    row, plan = await service.plan_of(tx, who, community_id)
    return PlanOut(
        community_id=row.id,
        plan_id=plan.id,
        since=plan.since,
        calendar=plan.calendar.version,
        provisional=plan.calendar.is_provisional(plan.calendar.local_date(tx.now)),
        limits=[_limit(plan, code, spec) for code, spec in sorted(service.known_limits().items())],
    )


def _limit(plan: Plan, code: str, spec: ClockSpec) -> LimitOut:
    limit = plan.limit(code, spec.limits[code])
    text = None if limit is None else limit_text(limit)
    return LimitOut(
        code=code,
        row=spec.row,
        name=Text(zh=spec.zh, en=spec.en),
        limit=service.limit_in(None if limit is None else str(limit)),
        text=None if text is None else Text(zh=text[0], en=text[1]),
        source="policy" if code in plan.limits else "shipped",
        firm=spec.firm,
    )
