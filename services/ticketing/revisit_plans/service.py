"""Making and ending plans, and drawing the lot of a completion."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row

from services.ticketing import access
from services.ticketing.domain.kind import kinds
from services.ticketing.domain.revisit_sampling import draw, nearest
from services.ticketing.domain.ticket_errors import NoSuchRevisitPlan, RevisitPlanEnded, RevisitPlanInvalid
from services.ticketing.errors import NoSuchOrgUnit
from services.ticketing.models import org_units, revisit_draws
from services.ticketing.revisit_plans import repository
from services.ticketing.revisit_plans.schemas import PlanIn
from services.ticketing.tickets.casework import Case
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError, LostUpdate
from shared.ids import uuid7


async def create(tx: Tx, who: Principal, body: PlanIn) -> Row[Any]:
    """Put a plan in force; the one before it for the same kind and org unit ends at this instant.

    Raises:
        NoSuchOrgUnit: unknown, or outside the caller's reach.
        RevisitPlanInvalid: of a kind of which every completion is followed up anyway.
    """
    # Locked: two plans made at once for one org unit follow each other instead of colliding.
    path = await repository.org_unit_path(tx, body.org_unit_id, lock=True)
    if path is None or not who.sees(path):
        raise NoSuchOrgUnit()
    # row: C-052 complaints are followed up to 100 %: no plan can make it less
    if kinds()[body.kind].revisit is not None:
        raise RevisitPlanInvalid(
            fields=[
                FieldError(
                    "kind",
                    "此类工单每件必回访，不设抽样方案",
                    "Every ticket of this kind is followed up; there is nothing to sample",
                )
            ]
        )
    before = await repository.in_force(tx, body.kind, [body.org_unit_id])
    for plan in before:
        await repository.end(tx, plan.id)
    plan_id = uuid7()
    values = {
        "kind": body.kind,
        "org_unit_id": body.org_unit_id,
        "percent": body.percent,
        "always": sorted(set(body.always)),
        "due_days": body.due_days,
    }
    await repository.add(tx, {"id": plan_id, "made_by": tx.actor_id, "seed": secrets.token_hex(32), **values})
    replaced = str(before[0].id) if before else None
    tx.audit("revisit_plan.made", "revisit_plan", plan_id, before={"plan": replaced}, after=values)
    return await find(tx, who, plan_id)


async def end(tx: Tx, who: Principal, plan_id: UUID, if_match: int | None) -> Row[Any]:
    """End a plan without another in its place.

    Raises:
        NoSuchRevisitPlan, LostUpdate, RevisitPlanEnded.
    """
    row = await repository.one(tx, plan_id, lock=True)
    if row is None or not who.sees(row.path):
        raise NoSuchRevisitPlan()
    if if_match is not None and if_match != row.version:
        raise LostUpdate()
    if row.ended_at is not None:
        raise RevisitPlanEnded()
    await repository.end(tx, plan_id)
    tx.audit("revisit_plan.ended", "revisit_plan", plan_id)
    return await find(tx, who, plan_id)


async def find(tx: Tx, who: Principal, plan_id: UUID) -> Row[Any]:
    """One plan.

    Raises:
        NoSuchRevisitPlan: unknown, or of an org unit outside the caller's reach.
    """
    row = await repository.one(tx, plan_id)
    if row is None or not who.sees(row.path):
        raise NoSuchRevisitPlan()
    return row


def reach(tx: Tx, who: Principal) -> list[ColumnElement[bool]]:
    """Conditions that keep a list of plans inside the caller's reach."""
    return [] if access.sees_everything(tx, who) else [access.under_units(who, org_units.c.path)]


async def draws(
    tx: Tx,
    who: Principal,
    *,
    plan_id: UUID | None,
    ticket_id: UUID | None,
    sampled: bool | None,
    after: tuple[UUID, int] | None,
    limit: int,
) -> Any:
    """Lots of completions within the caller's reach."""
    conditions = access.within_reach(tx, who, community_column=revisit_draws.c.community_id)
    for name, value in (("plan_id", plan_id), ("ticket_id", ticket_id), ("sampled", sampled)):
        if value is not None:
            conditions.append(revisit_draws.c[name] == value)
    return await repository.draws(tx, conditions, after, limit)


async def drawn(tx: Tx, case: Case) -> Row[Any] | None:
    """Draw the lot of the completion that a case has just had: the plan it is followed up under, or None.

    Each completion under a plan leaves its lot behind, drawn or not, so that the sample can be explained.
    """
    path = await repository.path_of_community(tx, case.row.community_id)
    plans = {plan.org_unit_id: plan for plan in await repository.in_force(tx, case.kind.code, path)}
    unit = nearest(path, plans)
    if unit is None:
        return None
    plan = plans[unit]
    earlier = await repository.drawn_before(tx, case.id)
    # row: C-050 whom to call and until when are parameters by kind and org unit
    found = draw(plan.seed, plan.percent, plan.always, case.id, case.facts, earlier=earlier)
    await repository.add_draw(
        tx,
        {
            "ticket_id": case.id,
            "round": case.facts.rounds,
            "community_id": case.row.community_id,
            "plan_id": plan.id,
            "lot": found.lot,
            "threshold": found.threshold,
            "sampled": found.sampled,
            "reason": found.reason,
        },
    )
    return plan if found.sampled else None
