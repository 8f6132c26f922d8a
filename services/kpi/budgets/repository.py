"""Statements on budgets and what was spent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, func, select

from services.kpi import registers
from services.kpi.models import budget_actuals, budget_lines, budgets
from shared.auth import Principal
from shared.db.helpers import insert_rows
from shared.db.tx import Tx


async def add(tx: Tx, values: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> UUID:
    """Store a budget with its lines."""
    id_ = await registers.add(tx, budgets, values)
    await insert_rows(tx, budget_lines, [{"budget_id": id_, **line} for line in lines])
    return id_


async def get(tx: Tx, who: Principal, budget_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """A budget within reach."""
    return await registers.get(tx, who, budgets, budget_id, lock=lock)


async def change(tx: Tx, row: Row[Any], values: Mapping[str, Any]) -> int:
    """Write a change of a locked budget."""
    return await registers.change(tx, budgets, row, values)


async def lines(tx: Tx, budget_id: UUID) -> Sequence[Row[Any]]:
    """The lines of a budget, by month and category."""
    c = budget_lines.c
    return await tx.rows(
        select(c.category, c.month, c.amount_fen)
        .where(c.org_id == tx.org_id, c.budget_id == budget_id)
        .order_by(c.month, c.category)
    )


async def standing(tx: Tx, community_id: UUID, level: str, year: int) -> UUID | None:
    """The annual budget of a year that is submitted or approved."""
    c = budgets.c
    found: UUID | None = await tx.scalar(
        select(c.id)
        .where(
            c.org_id == tx.org_id,
            c.community_id == community_id,
            c.level == level,
            c.year == year,
            c.kind == "annual",
            c.state != "refused",
        )
        .limit(1)
    )
    return found


async def page(
    tx: Tx, who: Principal, filters: Mapping[str, Any], after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Budgets within reach."""
    return await registers.page(tx, who, budgets, filters, after, limit)


async def approved(tx: Tx, community_id: UUID, level: str, year: int) -> dict[tuple[str, str], int]:
    """What was approved of a year, by category and month, in fen."""
    b, c = budgets.c, budget_lines.c
    rows = await tx.rows(
        select(c.category, c.month, func.sum(c.amount_fen).label("fen"))
        .join(budgets, and_(b.org_id == c.org_id, b.id == c.budget_id))
        .where(
            c.org_id == tx.org_id,
            b.community_id == community_id,
            b.level == level,
            b.year == year,
            b.state == "approved",
        )
        .group_by(c.category, c.month)
    )
    return {(row.category, row.month): int(row.fen) for row in rows}


async def spent(tx: Tx, community_id: UUID, level: str, year: int) -> dict[tuple[str, str], int]:
    """What was spent of a year, by category and month, in fen."""
    c = budget_actuals.c
    rows = await tx.rows(
        select(c.category, c.month, c.amount_fen).where(
            c.org_id == tx.org_id,
            c.community_id == community_id,
            c.level == level,
            c.month.startswith(f"{year:04d}-"),
        )
    )
    return {(row.category, row.month): row.amount_fen for row in rows}


async def actual(tx: Tx, community_id: UUID, level: str, category: str, month: str) -> Row[Any] | None:
    """What was reported of a category and month, locked."""
    c = budget_actuals.c
    return await tx.one_or_none(
        select(budget_actuals)
        .where(
            c.org_id == tx.org_id,
            c.community_id == community_id,
            c.level == level,
            c.category == category,
            c.month == month,
        )
        .with_for_update()
    )


async def put_actual(tx: Tx, row: Row[Any] | None, values: Mapping[str, Any]) -> tuple[UUID, int]:
    """Store what was spent, or correct it; its id and version."""
    if row is None:
        return await registers.add(tx, budget_actuals, values), 1
    version = await registers.change(tx, budget_actuals, row, values)
    id_: UUID = row.id
    return id_, version
