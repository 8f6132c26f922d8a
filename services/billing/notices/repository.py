"""Statements on written notices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, select, update

from services.billing.models import bill_balances, bills, dunning_notices, ref_communities, ref_units
from shared.db.helpers import insert_rows
from shared.db.tx import Tx

n = dunning_notices.c


async def add(tx: Tx, row: Mapping[str, Any]) -> None:
    """Store a notice."""
    stamp = {"version": 1, "created_at": tx.now, "updated_at": tx.now}
    await insert_rows(tx, dunning_notices, [{**stamp, **row}])


async def get(tx: Tx, notice_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """One notice."""
    wanted = select(dunning_notices).where(n.org_id == tx.org_id, n.id == notice_id)
    return await tx.one_or_none(wanted.with_for_update() if lock else wanted)


async def of_case(tx: Tx, case_id: UUID) -> Sequence[Row[Any]]:
    """The notices of a case, in order."""
    return await tx.rows(select(dunning_notices).where(n.org_id == tx.org_id, n.case_id == case_id).order_by(n.id))


async def page(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Notices, the latest first."""
    wanted = select(dunning_notices).where(n.org_id == tx.org_id, *conditions)
    if before is not None:
        wanted = wanted.where(n.id < before)
    return await tx.rows(wanted.order_by(n.id.desc()).limit(limit))


async def move(tx: Tx, notice_id: UUID, values: Mapping[str, Any]) -> None:
    """Change a locked notice."""
    await tx.execute(
        update(dunning_notices)
        .where(n.org_id == tx.org_id, n.id == notice_id)
        .values(updated_at=tx.now, version=n.version + 1, **values)
    )


async def place(tx: Tx, community_id: UUID, unit_id: UUID) -> tuple[str, str]:
    """The names of community and unit, empty where billing has no copy."""
    r, u = ref_communities.c, ref_units.c
    name = await tx.scalar(select(r.name).where(r.org_id == tx.org_id, r.id == community_id))
    number = await tx.scalar(select(u.number).where(u.org_id == tx.org_id, u.id == unit_id))
    return name or "", number or ""


async def open_bills(tx: Tx, unit_id: UUID, payer_id: UUID | None, before: Any) -> Sequence[Row[Any]]:
    """The household's bills that were due before a day and have money open on them, the oldest first."""
    b, o = bills.c, bill_balances.c
    payer = b.payer_id == payer_id if payer_id is not None else b.payer_id.is_(None)
    return await tx.rows(
        select(b.id, b.number, b.fee_kind, b.period, b.due_date, b.amount_fen, o.open_fen)
        .select_from(bills.join(bill_balances, and_(o.org_id == b.org_id, o.id == b.id)))
        .where(b.org_id == tx.org_id, b.unit_id == unit_id, payer, b.due_date < before, o.open_fen > 0)
        .order_by(b.due_date, b.number)
    )
