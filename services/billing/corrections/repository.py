"""Statements on corrections and refunds; what they do to bills and accounts is the ledger's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, select, update

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


async def prepaid(tx: Tx, payment_id: UUID) -> tuple[UUID, int] | None:
    """The prepayment that a payment left (id, fen still open). Exact only while its account is locked."""
    c = prepayments.c
    row = await tx.one_or_none(select(c.id, c.open_fen).where(c.org_id == tx.org_id, c.payment_id == payment_id))
    return None if row is None else (row.id, row.open_fen)


async def has_receipt(tx: Tx, payment_id: UUID) -> bool:
    """Whether a valid receipt stands for a payment."""
    c = receipts.c
    return (
        await tx.scalar(select(c.id).where(c.org_id == tx.org_id, c.payment_id == payment_id, c.voided_at.is_(None)))
    ) is not None


async def add_refund(tx: Tx, values: Mapping[str, Any]) -> None:
    """Store a refund that is asked for."""
    fixed = {"version": 1, "created_at": tx.now, "updated_at": tx.now}
    await insert_rows(tx, refunds, [{**fixed, **values}])


async def refund(tx: Tx, refund_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """A refund; ``lock`` holds it until the commit."""
    wanted = select(refunds).where(refunds.c.org_id == tx.org_id, refunds.c.id == refund_id)
    return await tx.one_or_none(wanted.with_for_update() if lock else wanted)


async def decide(tx: Tx, row: Row[Any], **values: Any) -> None:
    """Store the decision on a locked refund."""
    c = refunds.c
    await tx.execute(
        update(refunds)
        .where(c.org_id == tx.org_id, c.id == row.id)
        .values(version=row.version + 1, updated_at=tx.now, decided_at=tx.now, **values)
    )


async def page(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Refunds, the latest asked first."""
    wanted = select(refunds).where(refunds.c.org_id == tx.org_id, *conditions)
    if before is not None:
        wanted = wanted.where(refunds.c.id < before)
    return await tx.rows(wanted.order_by(refunds.c.id.desc()).limit(limit))
