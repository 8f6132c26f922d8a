"""Statements on corrections; what they do to bills and accounts is the ledger's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select

from services.billing.domain.refunds import SET_ASIDE
from services.billing.models import allocations, payment_corrections, payments, prepayments, receipts, refunds
from shared.db.helpers import insert_rows
from shared.db.tx import Tx


async def locked_payment(tx: Tx, payment_id: UUID) -> Row[Any] | None:
    """A payment, held until the commit, so that two corrections of it come one after the other."""
    c = payments.c
    return await tx.one_or_none(select(payments).where(c.org_id == tx.org_id, c.id == payment_id).with_for_update())


async def correction_of(tx: Tx, payment_id: UUID) -> Row[Any] | None:
    """The correction of a payment, if there was one."""
    c = payment_corrections.c
    return await tx.one_or_none(select(payment_corrections).where(c.org_id == tx.org_id, c.payment_id == payment_id))


async def add(tx: Tx, table_row: Mapping[str, Any]) -> None:
    """Store a correction."""
    fixed = {"version": 1, "created_at": tx.now, "updated_at": tx.now}
    await insert_rows(tx, payment_corrections, [{**fixed, **table_row}])


async def standing(tx: Tx, payment_id: UUID) -> dict[UUID, int]:
    """Fen of a payment that stand on each bill now."""
    c = allocations.c
    rows = await tx.rows(
        select(c.bill_id, func.sum(c.amount_fen).label("fen"))
        .where(c.org_id == tx.org_id, c.payment_id == payment_id)
        .group_by(c.bill_id)
    )
    return {row.bill_id: int(row.fen) for row in rows if row.fen}


async def units_of(tx: Tx, payment_id: UUID) -> list[UUID]:
    """The units whose accounts a payment touched."""
    c = allocations.c
    rows = await tx.rows(select(c.unit_id).distinct().where(c.org_id == tx.org_id, c.payment_id == payment_id))
    return [row.unit_id for row in rows]


async def prepaid(tx: Tx, payment_id: UUID) -> list[tuple[UUID, int]]:
    """What of a payment stands beside the bills (id, fen), the oldest first: its rest, and what credits set free
    again. Exact only while its account is locked."""
    c = prepayments.c
    rows = await tx.rows(
        select(c.id, c.open_fen)
        .where(c.org_id == tx.org_id, c.payment_id == payment_id, c.open_fen > 0)
        .order_by(c.id)
    )
    return [(row.id, row.open_fen) for row in rows]


async def refunds_on_their_way(tx: Tx, payment_id: UUID) -> bool:
    """Whether money of a payment is set aside to be given back."""
    c = refunds.c
    wanted = select(c.id).where(c.org_id == tx.org_id, c.payment_id == payment_id, c.state.in_(SET_ASIDE)).limit(1)
    return await tx.scalar(wanted) is not None


async def has_receipt(tx: Tx, payment_id: UUID) -> bool:
    """Whether a valid receipt stands for a payment."""
    c = receipts.c
    return (
        await tx.scalar(select(c.id).where(c.org_id == tx.org_id, c.payment_id == payment_id, c.voided_at.is_(None)))
    ) is not None
