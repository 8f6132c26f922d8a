"""What callers ask of plans and parameters, within their scope."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.billing import access
from services.billing.domain.dunning import Policy
from services.billing.domain.vocabulary import RUN_DONE
from services.billing.dunning import listing, repository
from services.billing.dunning.cases import visible as visible_case
from services.billing.dunning.errors import NoSuchPlan, PlanNotDone, PlanNotNow, PolicyInvalid
from services.billing.dunning.plans import ensure
from services.billing.dunning.schemas import CasesWanted, PlanIn, PolicyModel, StepsWanted
from services.billing.dunning.steps import visible as visible_step
from services.billing.errors import NoSuchCommunity
from services.billing.models import dunning_cases, dunning_plans, dunning_steps
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.periods import Period


async def start(tx: Tx, who: Principal, body: PlanIn) -> Row[Any]:
    """Make a month's plan by hand, or take it up again.

    Raises:
        NoSuchCommunity: outside the caller's scope. PlanNotNow: the month has not begun (409).
    """
    community = await access.community(tx, who, body.community_id)
    period = Period.parse(body.period)
    if tx.now < period.bounds(community.zone)[0]:
        raise PlanNotNow(period=body.period)
    return await plan(tx, who, await ensure(tx, community.id, period, who.sub))


async def plan(tx: Tx, who: Principal, plan_id: UUID) -> Row[Any]:
    """One plan. Raises NoSuchPlan."""
    row = await repository.plan(tx, plan_id)
    if row is None:
        raise NoSuchPlan()
    try:
        await access.community(tx, who, row.community_id)
    except NoSuchCommunity:
        raise NoSuchPlan() from None
    return row


async def confirm(tx: Tx, who: Principal, plan_id: UUID) -> Row[Any]:
    """Finance finds the month's plan feasible (C-062). Raises NoSuchPlan, PlanNotDone."""
    await plan(tx, who, plan_id)
    row = await repository.plan(tx, plan_id, lock=True)
    if row is None or row.state != RUN_DONE or row.confirmed_at is not None:
        raise PlanNotDone()
    # row: C-062 the plan is agreed with finance
    await repository.move_plan(tx, plan_id, {"confirmed_by": who.sub, "confirmed_at": tx.now})
    tx.audit("dunning_plan.confirmed", "dunning_plan", plan_id)
    return await plan(tx, who, plan_id)


async def plans(
    tx: Tx, who: Principal, community_id: UUID | None, period: str | None, before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Plans within the caller's scope."""
    reach = access.within_reach(tx, who, dunning_plans.c.id, dunning_plans.c.community_id)
    return await listing.plans(tx, reach, community_id, period, before, limit)


async def steps(tx: Tx, who: Principal, wanted: StepsWanted, before: UUID | None, limit: int) -> Sequence[Row[Any]]:
    """Steps within the caller's scope."""
    reach = access.within_reach(tx, who, dunning_steps.c.unit_id, dunning_steps.c.community_id)
    return await listing.steps(tx, reach, wanted, before, limit)


async def step(tx: Tx, who: Principal, step_id: UUID) -> Row[Any]:
    """One step as the lists show it. Raises NoSuchStep."""
    await visible_step(tx, who, step_id)
    row = await listing.step(tx, step_id)
    assert row is not None  # just seen
    return row


async def cases(tx: Tx, who: Principal, wanted: CasesWanted, before: UUID | None, limit: int) -> Sequence[Row[Any]]:
    """Cases within the caller's scope."""
    reach = access.within_reach(tx, who, dunning_cases.c.unit_id, dunning_cases.c.community_id)
    return await listing.cases(tx, reach, wanted, before, limit)


async def case(tx: Tx, who: Principal, case_id: UUID) -> Row[Any]:
    """One case as the lists show it. Raises NoSuchCase."""
    await visible_case(tx, who, case_id)
    row = await listing.case(tx, case_id)
    assert row is not None  # just seen
    return row


async def policy(tx: Tx, who: Principal, community_id: UUID) -> tuple[Policy, bool]:
    """The parameters that hold, and whether they are the community's own. Raises NoSuchCommunity."""
    await access.community(tx, who, community_id)
    row = await repository.policy(tx, community_id)
    return (Policy(), False) if row is None else (Policy(**row.params), True)


async def set_policy(tx: Tx, who: Principal, community_id: UUID, body: PolicyModel) -> None:
    """Set a community's parameters; plans that are made already keep theirs.

    Raises:
        NoSuchCommunity: outside the caller's scope. PolicyInvalid: they contradict each other (422).
    """
    await access.community(tx, who, community_id)
    wanted = Policy(**body.model_dump())
    faults = wanted.faults()
    if faults:
        raise PolicyInvalid(fields=[FieldError(name, zh, en) for name, (zh, en) in faults.items()])
    before = await repository.policy(tx, community_id, lock=True)
    await repository.save_policy(tx, community_id, wanted.doc(), 1 if before is None else before.version + 1)
    old = None if before is None else before.params
    tx.audit("dunning_policy.set", "dunning_policy", community_id, before=old, after=wanted.doc())
