"""Statements on holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, update

from services.billing.models import allocations, bills, dunning_holds
from shared.db.helpers import insert_rows
from shared.db.tx import Tx

h = dunning_holds.c


async def add(tx: Tx, row: Mapping[str, Any]) -> None:
    """Store a hold that was asked for."""
    stamp = {"version": 1, "created_at": tx.now, "updated_at": tx.now}
    await insert_rows(tx, dunning_holds, [{**stamp, **row}])


async def get(tx: Tx, hold_id: UUID) -> Row[Any] | None:
    """One hold."""
    return await tx.one_or_none(select(dunning_holds).where(h.org_id == tx.org_id, h.id == hold_id))


async def active(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Row[Any]]:
    """Which of these holds are active."""
    if not ids:
        return {}
    rows = await tx.rows(select(dunning_holds).where(h.org_id == tx.org_id, h.id.in_(ids), h.state == "active"))
    return {row.id: row for row in rows}


async def of_case(tx: Tx, case_id: UUID) -> Sequence[Row[Any]]:
    """The holds of a case, in order."""
    return await tx.rows(select(dunning_holds).where(h.org_id == tx.org_id, h.case_id == case_id).order_by(h.id))


async def of_tickets(tx: Tx, ticket_ids: Sequence[UUID]) -> Sequence[Row[Any]]:
    """The active holds that rest on these complaints."""
    return await tx.rows(
        select(dunning_holds)
        .where(h.org_id == tx.org_id, h.ticket_id.in_(ticket_ids), h.state == "active")
        .order_by(h.case_id)
    )


async def move(tx: Tx, hold_id: UUID, values: Mapping[str, Any]) -> None:
    """Change a hold of a locked case."""
    await tx.execute(
        update(dunning_holds)
        .where(h.org_id == tx.org_id, h.id == hold_id)
        .values(updated_at=tx.now, version=h.version + 1, **values)
    )


async def paid_since(tx: Tx, case: Row[Any], hold: Row[Any], until: date) -> int:
    """What was paid on the debt an instalment plan is about since it was asked for, by a day (fen)."""
    a, b = allocations.c, bills.c
    payer = b.payer_id == case.payer_id if case.payer_id is not None else b.payer_id.is_(None)
    found = await tx.scalar(
        select(func.coalesce(func.sum(a.amount_fen), 0))
        .select_from(allocations.join(bills, (b.org_id == a.org_id) & (b.id == a.bill_id)))
        .where(
            a.org_id == tx.org_id,
            a.unit_id == case.unit_id,
            payer,
            a.id > hold.id,  # ids are time-ordered: what was allocated after the plan was asked for
            a.due_date < hold.created_at.date(),
            a.paid_on <= until,
        )
    )
    return int(found or 0)
