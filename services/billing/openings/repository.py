"""Statements on imports of opening balances."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, or_, select, update

from services.billing.domain.openings import DONE, PREPAID, RUNNING, UNDOING, Opening
from services.billing.models import (
    bill_balances,
    bills,
    opening_imports,
    opening_rows,
    payment_corrections,
    prepayments,
    ref_units,
)
from shared.db.helpers import insert_rows
from shared.db.tx import Tx

i, w, b, o = opening_imports.c, opening_rows.c, bills.c, bill_balances.c


async def units_of(tx: Tx, community_id: UUID) -> dict[str, UUID]:
    """The units of a community by number."""
    u = ref_units.c
    rows = await tx.rows(select(u.number, u.id).where(u.org_id == tx.org_id, u.community_id == community_id))
    return {row.number: row.id for row in rows}


async def billed(tx: Tx, community_id: UUID, before: date) -> frozenset[tuple[UUID, str, str]]:
    """Unit, fee kind and period of the bills due before a day that are not credited in full, of rows that are about to
    become some, and of money paid in advance that was taken over."""
    rows = await tx.rows(
        select(b.unit_id, b.fee_kind, b.period)
        .select_from(bills.join(bill_balances, (o.org_id == b.org_id) & (o.id == b.id)))
        .where(
            b.org_id == tx.org_id,
            b.community_id == community_id,
            b.due_date < before,
            o.credited_fen < b.amount_fen,
        )
        .distinct()
    )
    waiting = await tx.rows(
        select(w.unit_id, w.fee_kind, w.period)
        .select_from(opening_rows.join(opening_imports, (i.org_id == w.org_id) & (i.id == w.import_id)))
        .where(
            w.org_id == tx.org_id,
            i.community_id == community_id,
            or_(
                and_(i.state == RUNNING, w.bill_id.is_(None)),
                and_(w.fee_kind == PREPAID, i.state.in_((RUNNING, DONE, UNDOING))),
            ),
        )
    )
    return frozenset((row.unit_id, row.fee_kind, row.period) for row in [*rows, *waiting])


async def add(tx: Tx, values: Mapping[str, Any], debts: Sequence[Opening]) -> None:
    """Store an import, with its rows where they are to become bills."""
    fixed = {"version": 1, "created_at": tx.now, "updated_at": tx.now, "issued": 0}
    await insert_rows(tx, opening_imports, [{**fixed, **values}])
    await insert_rows(
        tx,
        opening_rows,
        [
            {
                "import_id": values["id"],
                "row": number,
                "unit_id": debt.unit_id,
                "fee_kind": debt.fee_kind,
                "period": debt.period,
                "due_date": debt.due_date,
                "amount_fen": debt.amount_fen,
                "interrupted_on": debt.interrupted_on,
                "cutover_on": values["cutover_on"],
                "bill_id": None,
            }
            for number, debt in enumerate(debts, 1)
        ],
    )


async def get(tx: Tx, import_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """An import; ``lock`` holds it until the commit."""
    wanted = select(opening_imports).where(i.org_id == tx.org_id, i.id == import_id)
    return await tx.one_or_none(wanted.with_for_update() if lock else wanted)


async def change(tx: Tx, row: Row[Any], **values: Any) -> None:
    """Change a locked import."""
    await tx.execute(
        update(opening_imports)
        .where(i.org_id == tx.org_id, i.id == row.id)
        .values(version=row.version + 1, updated_at=tx.now, **values)
    )


async def page(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Imports, the latest first."""
    wanted = select(opening_imports).where(i.org_id == tx.org_id, *conditions)
    if before is not None:
        wanted = wanted.where(i.id < before)
    return await tx.rows(wanted.order_by(i.id.desc()).limit(limit))


async def to_issue(tx: Tx, import_id: UUID, limit: int) -> Sequence[Row[Any]]:
    """The next rows that are no bill yet."""
    wanted = select(opening_rows).where(w.org_id == tx.org_id, w.import_id == import_id, w.bill_id.is_(None))
    return await tx.rows(wanted.order_by(w.row).limit(limit))


async def issued(tx: Tx, import_id: UUID, row: int, bill_id: UUID) -> None:
    """A row has become a bill."""
    await tx.execute(
        update(opening_rows)
        .where(w.org_id == tx.org_id, w.import_id == import_id, w.row == row)
        .values(bill_id=bill_id)
    )


async def touched(tx: Tx, import_id: UUID) -> int:
    """How many bills of an import were paid on or credited."""
    return int(
        await tx.scalar(
            select(func.count())
            .select_from(opening_rows.join(bill_balances, (o.org_id == w.org_id) & (o.id == w.bill_id)))
            .where(w.org_id == tx.org_id, w.import_id == import_id, o.open_fen < w.amount_fen)
        )
    )


async def taken_over(tx: Tx, import_id: UUID, *, used: bool) -> list[UUID]:
    """The payments that an import made of money paid in advance and that stand; only those of which some was used,
    with ``used``."""
    left = (
        select(func.coalesce(func.sum(prepayments.c.open_fen), 0))
        .where(prepayments.c.org_id == w.org_id, prepayments.c.payment_id == w.bill_id)
        .scalar_subquery()
    )
    undone = (
        select(payment_corrections.c.id)
        .where(payment_corrections.c.org_id == w.org_id, payment_corrections.c.payment_id == w.bill_id)
        .exists()
    )
    conditions = [left < w.amount_fen] if used else [~undone]
    rows = await tx.rows(
        select(w.bill_id)
        .where(
            w.org_id == tx.org_id, w.import_id == import_id, w.fee_kind == PREPAID, w.bill_id.is_not(None), *conditions
        )
        .order_by(w.row)
    )
    return [row.bill_id for row in rows]


async def to_undo(tx: Tx, import_id: UUID, limit: int) -> Sequence[Row[Any]]:
    """The next bills of an import that are not credited in full: id and the fen that are left."""
    return await tx.rows(
        select(o.id, (w.amount_fen - o.credited_fen).label("left"))
        .select_from(opening_rows.join(bill_balances, (o.org_id == w.org_id) & (o.id == w.bill_id)))
        .where(w.org_id == tx.org_id, w.import_id == import_id, o.credited_fen < w.amount_fen)
        .order_by(w.row)
        .limit(limit)
    )


async def interruptions(tx: Tx, bill_ids: Collection[UUID]) -> list[date]:
    """The last days on which the limitation period of imported debts had begun anew."""
    rows = await tx.rows(
        select(w.interrupted_on).where(w.org_id == tx.org_id, w.bill_id.in_(bill_ids), w.interrupted_on.is_not(None))
    )
    return [row.interrupted_on for row in rows]
