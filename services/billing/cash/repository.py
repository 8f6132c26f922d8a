"""Statements on cash shifts, what went through them, and their communities' policies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.billing.domain.cash import OPEN
from services.billing.models import (
    cash_entries,
    cash_policies,
    cash_shifts,
    deposit_returns,
    payment_corrections,
    payments,
    ref_units,
    refunds,
)
from shared.db.helpers import insert_rows, upsert_rows
from shared.db.tx import Tx

s = cash_shifts.c
e = cash_entries.c


async def policy(tx: Tx, community_id: UUID) -> Row[Any] | None:
    """The cash policy that a community set for itself."""
    c = cash_policies.c
    return await tx.one_or_none(select(cash_policies).where(c.org_id == tx.org_id, c.id == community_id))


async def save_policy(tx: Tx, community_id: UUID, version: int, **values: Any) -> None:
    """Store a community's policy."""
    row = {"id": community_id, "version": version, "created_at": tx.now, "updated_at": tx.now, **values}
    await upsert_rows(tx, cash_policies, [row], update=["version", "updated_at", *values])


async def add(tx: Tx, values: Mapping[str, Any]) -> bool:
    """Open a shift; False when its cashier has one open in the community."""
    fixed = {"org_id": tx.org_id, "version": 1, "created_at": tx.now, "updated_at": tx.now, "state": OPEN, "nights": 0}
    made = await tx.execute(insert(cash_shifts).values({**fixed, **values}).on_conflict_do_nothing())
    return made.rowcount == 1


async def open_of(tx: Tx, community_id: UUID, cashier_id: UUID, *, alone: bool = False) -> Row[Any] | None:
    """A cashier's open shift, held open until the commit; ``alone`` lets nobody else move its cash meanwhile."""
    wanted = select(cash_shifts).where(
        s.org_id == tx.org_id, s.community_id == community_id, s.cashier_id == cashier_id, s.state == OPEN
    )
    return await tx.one_or_none(wanted.with_for_update(read=not alone))


async def kept(tx: Tx, shift_id: UUID) -> Row[Any]:
    """A shift that is known to exist, in the state it has until the commit."""
    wanted = select(cash_shifts).where(s.org_id == tx.org_id, s.id == shift_id)
    return (await tx.execute(wanted.with_for_update(read=True))).one()


async def get(tx: Tx, shift_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """A shift; ``lock`` holds it until the commit."""
    wanted = select(cash_shifts).where(s.org_id == tx.org_id, s.id == shift_id)
    return await tx.one_or_none(wanted.with_for_update() if lock else wanted)


async def change(tx: Tx, row: Row[Any], **values: Any) -> None:
    """Change a locked shift."""
    await tx.execute(
        update(cash_shifts)
        .where(s.org_id == tx.org_id, s.id == row.id)
        .values(version=row.version + 1, updated_at=tx.now, **values)
    )


async def before(tx: Tx, shift_id: UUID) -> Sequence[Row[Any]]:
    """The shifts whose takings became this one's float, locked."""
    wanted = select(cash_shifts).where(s.org_id == tx.org_id, s.successor_id == shift_id).order_by(s.id)
    return await tx.rows(wanted.with_for_update())


async def page(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Shifts, the latest opened first."""
    wanted = select(cash_shifts).where(s.org_id == tx.org_id, *conditions)
    if before is not None:
        wanted = wanted.where(s.id < before)
    return await tx.rows(wanted.order_by(s.id.desc()).limit(limit))


async def add_entry(tx: Tx, values: Mapping[str, Any]) -> None:
    """Store what went through a drawer."""
    await insert_rows(tx, cash_entries, [{"at": tx.now, **values}])


async def entry(tx: Tx, act_id: UUID) -> Row[Any] | None:
    """Where an act moved cash, if it did."""
    return await tx.one_or_none(select(cash_entries).where(e.org_id == tx.org_id, e.act_id == act_id))


async def moved(tx: Tx, shift_ids: Sequence[UUID]) -> dict[UUID, int]:
    """The fen that went into and out of drawers. Exact only while the shift is locked alone."""
    rows = await tx.rows(
        select(e.shift_id, func.sum(e.amount_fen).label("fen"))
        .where(e.org_id == tx.org_id, e.shift_id.in_(shift_ids))
        .group_by(e.shift_id)
    )
    return {row.shift_id: int(row.fen) for row in rows}


async def entries(tx: Tx, shift_ids: Sequence[UUID]) -> Sequence[Row[Any]]:
    """All that went through some shifts, in the order it did, with the numbers of the units."""
    wanted = (
        select(cash_entries, ref_units.c.number.label("unit"), payments.c.reference)
        .select_from(
            cash_entries.outerjoin(
                ref_units, (ref_units.c.org_id == e.org_id) & (ref_units.c.id == e.unit_id)
            ).outerjoin(payments, (payments.c.org_id == e.org_id) & (payments.c.id == e.act_id))
        )
        .where(e.org_id == tx.org_id, e.shift_id.in_(shift_ids))
        .order_by(e.at, e.act_id)
    )
    return await tx.rows(wanted)


async def of_day(tx: Tx, community_id: UUID, day: date) -> Sequence[Row[Any]]:
    """The shifts that a community opened on a day, in the order they were opened."""
    wanted = select(cash_shifts).where(s.org_id == tx.org_id, s.community_id == community_id, s.opened_on == day)
    return await tx.rows(wanted.order_by(s.opened_at, s.id))


async def money_of_day(tx: Tx, community_id: UUID, day: date) -> Sequence[Row[Any]]:
    """Money with this value date, by method: payments, their fen, and the fen that was reversed or moved since."""
    p, c = payments.c, payment_corrections.c
    return await tx.rows(
        select(
            p.method,
            func.count().label("payments"),
            func.sum(p.amount_fen).label("fen"),
            func.coalesce(func.sum(c.amount_fen), 0).label("undone_fen"),
        )
        .select_from(payments.outerjoin(payment_corrections, (c.org_id == p.org_id) & (c.payment_id == p.id)))
        .where(p.org_id == tx.org_id, p.community_id == community_id, p.value_date == day)
        .group_by(p.method)
        .order_by(p.method)
    )


async def out_of_day(tx: Tx, community_id: UUID, day: date) -> list[tuple[str, int]]:
    """Deposits and refunds that went back on a day: method and fen."""
    found: list[tuple[str, int]] = []
    for table, on in ((deposit_returns, deposit_returns.c.returned_on), (refunds, refunds.c.paid_on)):
        c = table.c
        rows = await tx.rows(
            select(c.method, func.sum(c.amount_fen).label("fen"))
            .where(c.org_id == tx.org_id, c.community_id == community_id, on == day)
            .group_by(c.method)
        )
        found += [(row.method, int(row.fen)) for row in rows]
    return found
