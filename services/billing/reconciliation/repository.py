"""Statements on reconciliations and on the payments of a day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, select, update

from services.billing.domain.payment_corrections import MOVED, REVERSED
from services.billing.domain.reconciliation import Ours
from services.billing.domain.refunds import PAID
from services.billing.models import payment_corrections, payments, reconciliations, ref_communities, refunds
from shared.db.helpers import insert_rows
from shared.db.tx import Tx


async def communities_under(tx: Tx, org_unit_id: UUID) -> Sequence[Row[Any]]:
    """Id, path and time zone of the communities under an org unit."""
    c = ref_communities.c
    return await tx.rows(
        select(c.id, c.path, c.timezone).where(c.org_id == tx.org_id, c.path.contains([org_unit_id])).order_by(c.id)
    )


async def of_day(tx: Tx, communities: Collection[UUID], method: str, day: date) -> list[Ours]:
    """The payments of a day that came from outside: what a move booked anew came in before, under the first one."""
    p, k, r = payments.c, payment_corrections.c, refunds.c
    moved_here = select(k.new_payment_id).where(k.org_id == tx.org_id, k.kind == MOVED, k.new_payment_id.is_not(None))
    given = (
        select(r.payment_id, func.sum(r.amount_fen).label("fen"))
        .where(r.org_id == tx.org_id, r.state == PAID, r.method == method)
        .group_by(r.payment_id)
        .subquery()
    )
    rows = await tx.rows(
        select(p.id, p.reference, p.amount_fen, k.kind, func.coalesce(given.c.fen, 0).label("given"))
        .select_from(
            payments.outerjoin(payment_corrections, and_(k.org_id == p.org_id, k.payment_id == p.id)).outerjoin(
                given, given.c.payment_id == p.id
            )
        )
        .where(
            p.org_id == tx.org_id,
            p.community_id.in_(communities),
            p.method == method,
            p.value_date == day,
            p.id.not_in(moved_here),
        )
    )
    return [Ours(row.id, row.reference, row.amount_fen, row.kind == REVERSED, int(row.given)) for row in rows]


async def of_key(tx: Tx, org_unit_id: UUID, method: str, day: date) -> Row[Any] | None:
    """The reconciliation of a day, locked."""
    c = reconciliations.c
    return await tx.one_or_none(
        select(reconciliations)
        .where(c.org_id == tx.org_id, c.org_unit_id == org_unit_id, c.method == method, c.day == day)
        .with_for_update()
    )


async def get(tx: Tx, reconciliation_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """A reconciliation; ``lock`` holds it until the commit."""
    c = reconciliations.c
    wanted = select(reconciliations).where(c.org_id == tx.org_id, c.id == reconciliation_id)
    return await tx.one_or_none(wanted.with_for_update() if lock else wanted)


async def add(tx: Tx, **values: Any) -> None:
    """Store a new one. Raises the driver's unique violation when its day was stored meanwhile."""
    await insert_rows(tx, reconciliations, [{"version": 1, "created_at": tx.now, "updated_at": tx.now, **values}])


async def change(tx: Tx, row: Row[Any], **values: Any) -> None:
    """Change a locked one."""
    c = reconciliations.c
    await tx.execute(
        update(reconciliations)
        .where(c.org_id == tx.org_id, c.id == row.id)
        .values(version=row.version + 1, updated_at=tx.now, **values)
    )


async def page(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Reconciliations, the latest begun first."""
    wanted = select(reconciliations).where(reconciliations.c.org_id == tx.org_id, *conditions)
    if before is not None:
        wanted = wanted.where(reconciliations.c.id < before)
    return await tx.rows(wanted.order_by(reconciliations.c.id.desc()).limit(limit))


async def org_units_within(tx: Tx, units: Collection[UUID]) -> set[UUID]:
    """The org units that lie at or under these ones, as far as communities show them."""
    c = ref_communities.c
    rows = await tx.rows(select(c.path).where(c.org_id == tx.org_id, c.path.overlap(sorted(units))))
    found: set[UUID] = set()
    for row in rows:
        first = min(row.path.index(unit) for unit in units if unit in row.path)
        found.update(row.path[first:])
    return found
