"""Statements on payment orders and on the inbox of callbacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from services.billing.models import bill_balances, bills, callbacks, payment_orders
from services.billing.orders.schemas import Wanted
from shared.db.helpers import insert_rows
from shared.db.tx import Tx


async def add(tx: Tx, values: Mapping[str, Any]) -> None:
    """Store a new order."""
    fixed = {"version": 1, "created_at": tx.now, "updated_at": tx.now, "asked": 0}
    await insert_rows(tx, payment_orders, [{**fixed, **values}])


async def get(tx: Tx, order_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """An order; ``lock`` holds it until the commit, so that callback and question come one after the other."""
    c = payment_orders.c
    wanted = select(payment_orders).where(c.org_id == tx.org_id, c.id == order_id)
    return await tx.one_or_none(wanted.with_for_update() if lock else wanted)


async def change(tx: Tx, row: Row[Any], **values: Any) -> None:
    """Change a locked order."""
    c = payment_orders.c
    await tx.execute(
        update(payment_orders)
        .where(c.org_id == tx.org_id, c.id == row.id)
        .values(version=row.version + 1, updated_at=tx.now, **values)
    )


def conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    """What a caller wants of the list, as conditions."""
    c = payment_orders.c
    told = ((c.community_id, wanted.community_id), (c.unit_id, wanted.unit_id), (c.state, wanted.state))
    found: list[ColumnElement[bool]] = [column == value for column, value in told if value is not None]
    if wanted.updated_after is not None:
        found.append(c.updated_at >= wanted.updated_after)
    return found


async def page(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Orders, the latest made first."""
    wanted = select(payment_orders).where(payment_orders.c.org_id == tx.org_id, *conditions)
    if before is not None:
        wanted = wanted.where(payment_orders.c.id < before)
    return await tx.rows(wanted.order_by(payment_orders.c.id.desc()).limit(limit))


async def open_bills(tx: Tx, unit_id: UUID) -> Sequence[Row[Any]]:
    """A unit's bills that still want money, with open fen, payer and day of issue; the oldest due first."""
    return await tx.rows(
        select(bills.c.id, bill_balances.c.open_fen, bills.c.payer_id, bills.c.issued_at)
        .select_from(
            bills.join(
                bill_balances,
                and_(bill_balances.c.org_id == bills.c.org_id, bill_balances.c.id == bills.c.id),
            )
        )
        .where(
            bills.c.org_id == tx.org_id,
            bill_balances.c.org_id == tx.org_id,
            bill_balances.c.unit_id == unit_id,
            bill_balances.c.open_fen > 0,
        )
        .order_by(bills.c.due_date, bills.c.number)
    )


async def first_delivery(tx: Tx, values: Mapping[str, Any]) -> bool:
    """Take a notification into the inbox; False when it was taken before."""
    done = await tx.execute(
        pg_insert(callbacks).values(org_id=tx.org_id, received_at=tx.wall, **values).on_conflict_do_nothing()
    )
    return bool(done.rowcount)
