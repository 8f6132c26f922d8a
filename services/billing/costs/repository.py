"""Statements on shared costs and their parts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, select

from services.billing.domain.charging import Allotment
from services.billing.models import cost_parts, ref_units, shared_costs
from shared.db.helpers import insert_rows
from shared.db.tx import Tx
from shared.ids import uuid7

c, p = shared_costs.c, cost_parts.c


async def areas(tx: Tx, community_id: UUID, uses: Collection[str], end: date) -> dict[UUID, Decimal]:
    """The units of these uses that were sold before a day, with their areas."""
    u = ref_units.c
    rows = await tx.rows(
        select(u.id, u.area).where(
            u.org_id == tx.org_id, u.community_id == community_id, u.use.in_(sorted(uses)), u.sold_on < end
        )
    )
    return {row.id: row.area for row in rows}


async def of_period(tx: Tx, standard_id: UUID, period: str) -> UUID | None:
    """The cost of a standard and a month, if it was entered."""
    found: UUID | None = await tx.scalar(
        select(c.id).where(c.org_id == tx.org_id, c.standard_id == standard_id, c.period == period)
    )
    return found


async def add(tx: Tx, values: Mapping[str, Any], parts: Mapping[UUID, Allotment]) -> UUID:
    """Store a cost with its split; returns its id."""
    cost_id = uuid7()
    stamp = {"id": cost_id, "version": 1, "created_at": tx.now, "updated_at": tx.now}
    await insert_rows(tx, shared_costs, [{**stamp, **values, "units": len(parts)}])
    await insert_rows(
        tx,
        cost_parts,
        [
            {
                "cost_id": cost_id,
                "unit_id": unit,
                "weight": part.weight,
                "measure": part.unit,
                "share": str(part.share),
                "amount_fen": part.amount_fen,
            }
            for unit, part in parts.items()
        ],
    )
    return cost_id


def _with_sum(tx: Tx) -> Select[Any]:
    total = (
        select(func.sum(p.amount_fen))
        .where(p.org_id == tx.org_id, p.cost_id == c.id)
        .correlate(shared_costs)
        .scalar_subquery()
    )
    return select(shared_costs, total.label("parts_fen")).where(c.org_id == tx.org_id)


async def get(tx: Tx, cost_id: UUID) -> Row[Any]:
    """A cost that is known to exist, with the sum of its parts."""
    row = await tx.one_or_none(_with_sum(tx).where(c.id == cost_id))
    assert row is not None  # stored by this transaction
    return row


async def page(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Costs, the latest entered first."""
    wanted = _with_sum(tx).where(*conditions)
    if before is not None:
        wanted = wanted.where(c.id < before)
    return await tx.rows(wanted.order_by(c.id.desc()).limit(limit))
