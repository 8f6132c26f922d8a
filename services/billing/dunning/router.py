"""``/billing/v1/dunning-…``: parameters, plans, steps, cases, the month's report."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query, Response
from sqlalchemy import Row

from services.billing.domain.dunning import STEPS, Policy, due_from
from services.billing.domain.dunning_contacts import again_from
from services.billing.dunning import cases as responsible
from services.billing.dunning import report, service, steps
from services.billing.dunning.schemas import (
    AssigneeIn,
    CaseOut,
    CasesWanted,
    ContactIn,
    PlanIn,
    PlanOut,
    PolicyModel,
    PolicyOut,
    ReportOut,
    StepOut,
    StepsWanted,
)
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, created, page_of, problems, service_router
from shared.http.schemas import MoneyModel, Text

router = service_router(prefix="/v1", tags=["dunning"])
Reader = Annotated[Principal, allow("dunning.read")]
MonthQuery = Annotated[str, Query(pattern=r"^(19|20|21)\d{2}-(0[1-9]|1[0-2])$", examples=["2025-03"])]
Kind = Literal["sms", "call", "visit", "demand", "legal"]
StepState = Literal["open", "asked", "done", "missed", "suspended", "cancelled"]


def _plan(row: Row[Any]) -> PlanOut:
    return PlanOut(
        id=row.id,
        community_id=row.community_id,
        period=row.period,
        state=row.state,
        policy=row.policy,
        debtors=row.debtors,
        steps=row.steps,
        suspended=row.suspended,
        amount=MoneyModel.of_fen(row.amount_fen),
        requested_by=row.requested_by,
        started_at=row.created_at,
        finished_at=row.finished_at,
        confirmed_by=row.confirmed_by,
        confirmed_at=row.confirmed_at,
    )


def _policy(row: Row[Any]) -> Policy:
    """What holds in the row's community: its own parameters, or the defaults."""
    return Policy() if row.params is None else Policy(**row.params)


def _step(row: Row[Any]) -> StepOut:
    return StepOut(
        id=row.id,
        case_id=row.case_id,
        community_id=row.community_id,
        unit_id=row.unit_id,
        unit_number=row.unit_number,
        payer_id=row.payer_id,
        assignee_id=row.assignee_id,
        period=row.period,
        kind=row.kind,
        text=Text(**STEPS[row.kind]),
        opens_on=row.opens_on,
        last_on=row.last_on,
        due_at=row.due_at,
        amount=MoneyModel.of_fen(row.amount_fen),
        open_amount=MoneyModel.of_fen(row.open_fen),
        state=row.state,
        cause=row.cause,
        result=row.result,
        attempts=row.attempts,
        asked_at=row.asked_at,
        done_at=row.done_at,
        done_by=row.done_by,
        on_time=row.on_time,
        missed_at=row.missed_at,
        not_before=again_from(row.reached_at, _policy(row)),
    )


def _case(row: Row[Any]) -> CaseOut:
    return CaseOut(
        id=row.id,
        community_id=row.community_id,
        unit_id=row.unit_id,
        unit_number=row.unit_number,
        payer_id=row.payer_id,
        state=row.state,
        amount=MoneyModel.of_fen(row.amount_fen),
        bills=row.bills,
        oldest_due=row.oldest_due,
        held=row.held,
        assignee_id=row.assignee_id,
        demand_term_on=row.demand_term_on,
        legal_due_from=due_from(row.oldest_due, _policy(row).legal_months),
        packet_id=row.packet_id,
        opened_at=row.opened_at,
        settled_at=row.settled_at,
    )


@router.get("/dunning-policies/{community_id}", operation_id="get_dunning_policy", responses=problems(404))
async def get_dunning_policy(community_id: UUID, tx: TxDep, who: Reader) -> PolicyOut:
    """The parameters that hold for a community."""
    found, own = await service.policy(tx, who, community_id)
    return PolicyOut(community_id=community_id, own=own, params=found.doc())


@router.put("/dunning-policies/{community_id}", operation_id="set_dunning_policy", responses=problems(404))
async def set_dunning_policy(
    community_id: UUID, body: PolicyModel, tx: TxDep, who: Annotated[Principal, allow("dunning.plan")]
) -> PolicyOut:
    """Set a community's parameters for the plans to come."""
    await service.set_policy(tx, who, community_id, body)
    found, own = await service.policy(tx, who, community_id)
    return PolicyOut(community_id=community_id, own=own, params=found.doc())


@router.post("/dunning-plans", status_code=202, operation_id="make_dunning_plan", responses=problems(404, 409))
async def make_dunning_plan(
    body: PlanIn, tx: TxDep, who: Annotated[Principal, allow("dunning.plan")], response: Response
) -> PlanOut:
    """Make the plan of a month. Each month's is made by itself when it begins; this is for what came before."""
    row = await service.start(tx, who, body)
    created(response, f"/billing/v1/dunning-plans/{row.id}")
    return _plan(row)


@router.get("/dunning-plans", operation_id="list_dunning_plans")
async def list_dunning_plans(
    tx: TxDep, who: Reader, page: PageDep, community_id: UUID | None = None, period: MonthQuery | None = None
) -> Page[PlanOut]:
    """Plans, month by month."""
    before = page.after.uuid() if page.after else None
    rows = await service.plans(tx, who, community_id, period, before, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, _plan)


@router.get("/dunning-plans/{plan_id}", operation_id="get_dunning_plan", responses=problems(404))
async def get_dunning_plan(plan_id: UUID, tx: TxDep, who: Reader) -> PlanOut:
    """One plan with its progress."""
    return _plan(await service.plan(tx, who, plan_id))


@router.post("/dunning-plans/{plan_id}/confirm", operation_id="confirm_dunning_plan", responses=problems(404, 409))
async def confirm_dunning_plan(
    plan_id: UUID, tx: TxDep, who: Annotated[Principal, allow("dunning.confirm")]
) -> PlanOut:
    """Finance finds the plan feasible."""
    return _plan(await service.confirm(tx, who, plan_id))


@router.get("/dunning-steps", operation_id="list_dunning_steps")
async def list_dunning_steps(
    tx: TxDep,
    who: Reader,
    page: PageDep,
    community_id: UUID | None = None,
    period: MonthQuery | None = None,
    kind: Kind | None = None,
    state: StepState | None = None,
    case_id: UUID | None = None,
    assignee_id: UUID | None = None,
    missed: Annotated[bool | None, Query(description="Omitted or late, and not shown to have been in time")] = None,
) -> Page[StepOut]:
    """Call lists (`kind=call&state=open`), visit lists, omissions (`missed=true`)."""
    wanted = StepsWanted(community_id, period, kind, state, case_id, assignee_id, missed, page.updated_after)
    rows = await service.steps(tx, who, wanted, page.after.uuid() if page.after else None, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, _step)


@router.get("/dunning-steps/{step_id}", operation_id="get_dunning_step", responses=problems(404))
async def get_dunning_step(step_id: UUID, tx: TxDep, who: Reader) -> StepOut:
    """One step."""
    return _step(await service.step(tx, who, step_id))


@router.post("/dunning-steps/{step_id}/contacts", operation_id="record_dunning_contact", responses=problems(404, 409))
async def record_dunning_contact(
    step_id: UUID, body: ContactIn, tx: TxDep, who: Annotated[Principal, allow("dunning.record")]
) -> StepOut:
    """Record a call or a visit and what came of it; several attempts in vain do the step as well."""
    await steps.record(tx, who, step_id, body)
    return _step(await service.step(tx, who, step_id))


@router.get("/dunning-cases", operation_id="list_dunning_cases")
async def list_dunning_cases(
    tx: TxDep,
    who: Reader,
    page: PageDep,
    community_id: UUID | None = None,
    unit_id: UUID | None = None,
    state: Literal["open", "settled"] | None = None,
    assignee_id: UUID | None = None,
    held: Literal["dispute", "promise", "instalment"] | None = None,
) -> Page[CaseOut]:
    """Households in arrears."""
    wanted = CasesWanted(community_id, unit_id, state, assignee_id, held, page.updated_after)
    rows = await service.cases(tx, who, wanted, page.after.uuid() if page.after else None, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, _case)


@router.get("/dunning-cases/{case_id}", operation_id="get_dunning_case", responses=problems(404))
async def get_dunning_case(case_id: UUID, tx: TxDep, who: Reader) -> CaseOut:
    """One household's case."""
    return _case(await service.case(tx, who, case_id))


@router.post("/dunning-cases/{case_id}/hand-over", operation_id="hand_over_dunning_case", responses=problems(404))
async def hand_over_dunning_case(
    case_id: UUID, body: AssigneeIn, tx: TxDep, who: Annotated[Principal, allow("dunning.plan")]
) -> CaseOut:
    """Give a case to a clerk, or to another one."""
    await responsible.hand_over(tx, who, case_id, body.assignee_id)
    return _case(await service.case(tx, who, case_id))


@router.get("/dunning-reports", operation_id="get_dunning_report", responses=problems(404))
async def get_dunning_report(tx: TxDep, who: Reader, community_id: UUID, period: MonthQuery) -> ReportOut:
    """The month: coverage, omissions, holds, the age of the debt."""
    return await report.report(tx, who, community_id, period)
