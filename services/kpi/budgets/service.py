"""Budgets: submitted by who runs a department, approved by another, spent, and compared month by month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.kpi import access, registers
from services.kpi.budgets import repository
from services.kpi.budgets.schemas import ActualIn, BudgetIn
from services.kpi.domain.budgeting import Variance, variances
from services.kpi.register_errors import BudgetExists, BudgetInvalid, BudgetMoved, NoSuchBudget, OwnBudget
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.http.schemas import MoneyModel


async def submit(tx: Tx, who: Principal, body: BudgetIn) -> UUID:
    """Submit a budget for approval; special funds say what they are for.

    Raises NoSuchCommunity, BudgetExists, BudgetInvalid.
    """
    place = await access.community(tx, who, body.community_id)
    lines: dict[tuple[str, str], int] = {}
    for number, line in enumerate(body.lines):
        path = f"lines.{number}"
        if int(line.month[:4]) != body.year:
            raise _invalid(f"{path}.month", "不在预算年度内", "Lies outside the year")
        if (line.category, line.month) in lines:
            raise _invalid(path, "同一科目同一月份只能列一次", "Lists a category and month twice")
        lines[line.category, line.month] = _fen(line.amount, f"{path}.amount")
    # row: C-250 an application for special funds says what for
    if body.kind == "special" and body.reason is None:
        raise _invalid("reason", "须说明用途", "Say what it is for")
    if body.kind == "annual" and await repository.standing(tx, place.id, body.level, body.year) is not None:
        raise BudgetExists()
    values = body.model_dump(exclude={"community_id", "lines"})
    head = {"community_id": place.id, "state": "submitted", "submitted_by": who.sub, "total_fen": sum(lines.values())}
    stored = [{"category": key[0], "month": key[1], "amount_fen": fen} for key, fen in lines.items()]
    id_ = await repository.add(tx, {**values, **head}, stored)
    tx.audit("budget.submitted", "budget", id_, after={"year": body.year, "kind": body.kind, **_total(head)})
    return id_


async def decide(tx: Tx, who: Principal, budget_id: UUID, decision: str, note: str | None, version: int | None) -> None:
    """Approve or refuse. Raises NoSuchBudget, LostUpdate, BudgetMoved, OwnBudget, BudgetInvalid."""
    row = await get(tx, who, budget_id, lock=True)
    registers.demand(row, version)
    if row.state != "submitted":
        raise BudgetMoved()
    # row: C-249, E-044, D-028 approved by whoever leads the project, never by who wrote it
    if who.sub == row.submitted_by:
        raise OwnBudget()
    if decision == "refuse" and note is None:
        raise _invalid("note", "须说明原因", "Say why")
    state = "approved" if decision == "approve" else "refused"
    values = {"state": state, "decided_by": who.sub, "decided_at": tx.now, "decision": note}
    seq = await repository.change(tx, row, values)
    tx.audit(f"budget.{state}", "budget", row.id, before={"state": row.state}, after={"state": state})
    if state == "approved":
        lines = [
            {"category": line.category, "month": line.month, "amount_fen": line.amount_fen}
            for line in await repository.lines(tx, row.id)
        ]
        head = {"community_id": str(row.community_id), "level": row.level, "year": row.year, "kind": row.kind}
        data = {**head, "lines": lines}
        tx.emit("budget.approved.v1", subject=row.id, seq=seq, community_id=row.community_id, data=data)


async def report_actual(tx: Tx, who: Principal, body: ActualIn) -> Row[Any]:
    """Say what was spent of a category in a month, or correct it. Raises NoSuchCommunity, BudgetInvalid."""
    place = await access.community(tx, who, body.community_id)
    if body.month > f"{tx.now.astimezone(place.zone):%Y-%m}":
        raise _invalid("month", "该月尚未开始", "Has not begun")
    fen = _fen(body.amount, "amount")
    key = (place.id, body.level, body.category, body.month)
    known = await repository.actual(tx, *key)
    values = body.model_dump(include={"level", "category", "month", "file_ids", "note"})
    more = {"community_id": place.id, "amount_fen": fen, "recorded_by": who.sub}
    id_, seq = await repository.put_actual(tx, known, {**values, **more})
    before = None if known is None else {"amount_fen": known.amount_fen}
    tx.audit("budget.actual_recorded", "budget_actual", id_, before=before, after={"amount_fen": fen})
    data = {"community_id": str(place.id), "level": body.level, "category": body.category, "month": body.month}
    tx.emit(
        "budget.actual_recorded.v1",
        subject=id_,
        seq=seq,
        community_id=place.id,
        data={**data, "amount_fen": fen},
    )
    row = await repository.actual(tx, *key)
    assert row is not None  # stored above
    return row


async def variance(tx: Tx, who: Principal, community_id: UUID, level: str, year: int) -> list[Variance]:
    """Budget against actual of a year, by category and month. Raises NoSuchCommunity."""
    place = await access.community(tx, who, community_id)
    approved = await repository.approved(tx, place.id, level, year)
    # row: G-008, D-012 what was spent beside what was approved, for whoever may audit it
    return variances(approved, await repository.spent(tx, place.id, level, year))


async def get(tx: Tx, who: Principal, budget_id: UUID, *, lock: bool = False) -> Row[Any]:
    """A budget within reach. Raises NoSuchBudget."""
    row = await repository.get(tx, who, budget_id, lock=lock)
    if row is None:
        raise NoSuchBudget()
    return row


async def lines(tx: Tx, budget_id: UUID) -> Sequence[Row[Any]]:
    """The lines of a budget."""
    return await repository.lines(tx, budget_id)


async def page(
    tx: Tx, who: Principal, filters: Mapping[str, Any], after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Budgets within reach."""
    return await repository.page(tx, who, filters, after, limit)


def _fen(amount: MoneyModel, path: str) -> int:
    money = amount.money()
    if money.currency != "CNY":
        raise _invalid(f"{path}.currency", "只支持人民币", "Should be CNY")
    if money.fen < 0:
        raise _invalid(path, "不能为负数", "Should not be negative")
    return money.fen


def _total(head: Mapping[str, Any]) -> dict[str, Any]:
    return {"total_fen": head["total_fen"]}


def _invalid(path: str, zh: str, en: str) -> BudgetInvalid:
    return BudgetInvalid(fields=[FieldError(path, zh, en)])
