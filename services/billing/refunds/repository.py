"""Statements on refunds; what they do to accounts is the ledger's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, select, update

from services.billing.models import approvals, payment_corrections, payment_orders, refunds
from shared.db.helpers import insert_rows
from shared.db.tx import Tx

c = refunds.c

_REFUND = select(
    refunds,
    select(approvals.c.id)
    .where(approvals.c.org_id == c.org_id, approvals.c.subject_id == c.id)
    .order_by(approvals.c.id.desc())
    .limit(1)
    .correlate(refunds)
    .scalar_subquery()
    .label("approval_id"),
)


async def add(tx: Tx, values: Mapping[str, Any]) -> None:
    """Store a refund that is asked for."""
    fixed = {"version": 1, "created_at": tx.now, "updated_at": tx.now, "asked": 0}
    await insert_rows(tx, refunds, [{**fixed, **values}])


async def get(tx: Tx, refund_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """A refund, with the approval it waits or waited for; ``lock`` holds it until the commit."""
    if lock:
        await tx.one_or_none(select(c.id).where(c.org_id == tx.org_id, c.id == refund_id).with_for_update())
    return await tx.one_or_none(_REFUND.where(c.org_id == tx.org_id, c.id == refund_id))


async def change(tx: Tx, row: Row[Any], **values: Any) -> None:
    """Change a locked refund."""
    await tx.execute(
        update(refunds)
        .where(c.org_id == tx.org_id, c.id == row.id)
        .values(version=row.version + 1, updated_at=tx.now, **values)
    )


async def order_of(tx: Tx, payment_id: UUID) -> Row[Any] | None:
    """The payment order whose money a payment is, wherever it was moved since."""
    o, k = payment_orders.c, payment_corrections.c
    while True:
        row = await tx.one_or_none(select(payment_orders).where(o.org_id == tx.org_id, o.payment_id == payment_id))
        if row is not None:
            return row
        origin = await tx.scalar(select(k.payment_id).where(k.org_id == tx.org_id, k.new_payment_id == payment_id))
        if origin is None:
            return None
        payment_id = origin


async def page(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Refunds, the latest asked first."""
    wanted = _REFUND.where(c.org_id == tx.org_id, *conditions)
    if before is not None:
        wanted = wanted.where(c.id < before)
    return await tx.rows(wanted.order_by(c.id.desc()).limit(limit))
