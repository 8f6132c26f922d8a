"""``/kpi/v1/budgets``."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Response
from sqlalchemy import Row

from services.kpi.budgets import service
from services.kpi.budgets.schemas import (
    ActualIn,
    ActualOut,
    BudgetDecisionIn,
    BudgetDetailOut,
    BudgetIn,
    BudgetLineOut,
    BudgetOut,
    Kind,
    Level,
    State,
    VarianceOut,
    VariancesOut,
    Year,
)
from services.kpi.domain.budgeting import Variance, total
from shared.auth import Principal, allow
from shared.http.routing import IfMatch, Page, PageDep, TxDep, created, etag, page_of, problems, service_router
from shared.http.schemas import MoneyModel

router = service_router(prefix="/v1/budgets", tags=["budgets"])

READ = allow("budget.read")


def present(row: Row[Any]) -> BudgetOut:
    """A budget as it goes out."""
    same = {name: getattr(row, name) for name in BudgetOut.model_fields if name != "total"}
    return BudgetOut(**same, total=MoneyModel.of_fen(row.total_fen))


def _variance(row: Variance) -> VarianceOut:
    return VarianceOut(
        category=row.category,
        month=row.month,
        budget=MoneyModel.of_fen(row.budget),
        actual=None if row.actual is None else MoneyModel.of_fen(row.actual),
        difference=None if row.difference is None else MoneyModel.of_fen(row.difference),
        percent=row.percent,
    )


async def _again(tx: Any, who: Principal, budget_id: UUID, response: Response) -> BudgetDetailOut:
    row = await service.get(tx, who, budget_id)
    etag(response, row.version)
    lines = [
        BudgetLineOut(category=line.category, month=line.month, amount=MoneyModel.of_fen(line.amount_fen))
        for line in await service.lines(tx, budget_id)
    ]
    return BudgetDetailOut(budget=present(row), lines=lines)


@router.post("", status_code=201, operation_id="submit_budget", responses=problems(404, 409))
async def submit_budget(
    body: BudgetIn, tx: TxDep, who: Annotated[Principal, allow("budget.submit")], response: Response
) -> BudgetOut:
    """Submit the budget of a year, or an application for special funds."""
    row = await service.get(tx, who, await service.submit(tx, who, body))
    created(response, f"/kpi/v1/budgets/{row.id}", row.version)
    return present(row)


@router.get("", operation_id="list_budgets")
async def list_budgets(
    tx: TxDep,
    who: Annotated[Principal, READ],
    page: PageDep,
    community_id: UUID | None = None,
    level: Level | None = None,
    year: Year | None = None,
    kind: Kind | None = None,
    state: State | None = None,
) -> Page[BudgetOut]:
    """Budgets within reach, the oldest first."""
    filters = {"community_id": community_id, "level": level, "year": year, "kind": kind, "state": state}
    rows = await service.page(tx, who, filters, page.after.uuid() if page.after else None, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, present)


@router.get("/variance", operation_id="budget_variance", responses=problems(404))
async def budget_variance(
    tx: TxDep, who: Annotated[Principal, READ], community_id: UUID, level: Level, year: Year
) -> VariancesOut:
    """Budget against actual of a year, by category and month, for the company and its auditors."""
    rows = await service.variance(tx, who, community_id, level, year)
    return VariancesOut(
        community_id=community_id,
        level=level,
        year=year,
        lines=[_variance(row) for row in rows],
        total=_variance(total(rows)),
    )


@router.post("/actuals", status_code=201, operation_id="report_actual", responses=problems(404))
async def report_actual(
    body: ActualIn, tx: TxDep, who: Annotated[Principal, allow("budget.report")], response: Response
) -> ActualOut:
    """Say what was spent of a category in a month, with its vouchers; a second time corrects it."""
    row = await service.report_actual(tx, who, body)
    created(response, "/kpi/v1/budgets/variance", row.version)
    same = {name: getattr(row, name) for name in ActualOut.model_fields if name != "amount"}
    return ActualOut(**same, amount=MoneyModel.of_fen(row.amount_fen))


@router.get("/{budget_id}", operation_id="get_budget", responses=problems(404))
async def get_budget(
    budget_id: UUID, tx: TxDep, who: Annotated[Principal, READ], response: Response
) -> BudgetDetailOut:
    """One budget with its lines."""
    return await _again(tx, who, budget_id, response)


@router.post("/{budget_id}/decision", operation_id="decide_budget", responses=problems(403, 404, 409, 412))
async def decide_budget(
    budget_id: UUID,
    body: BudgetDecisionIn,
    tx: TxDep,
    who: Annotated[Principal, allow("budget.approve")],
    if_match: IfMatch,
    response: Response,
) -> BudgetDetailOut:
    """Approve or refuse somebody else's budget."""
    await service.decide(tx, who, budget_id, body.decision, body.note, if_match)
    return await _again(tx, who, budget_id, response)
