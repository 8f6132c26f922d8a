"""Statements on credits and on the bills they are of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, select, update

from services.billing.models import allocations, approvals, bill_balances, bills, credits
from shared.db.helpers import insert_rows
from shared.db.tx import Tx
from shared.ids import uuid7

c, b, o, a = credits.c, bills.c, bill_balances.c, allocations.c


async def bill(tx: Tx, bill_id: UUID) -> Row[Any] | None:
    """A bill with what is open and credited. Exact only while the unit's account is locked."""
    return await tx.one_or_none(
        select(
            b.id,
            b.number,
            b.community_id,
            b.unit_id,
            b.payer_id,
            b.fee_kind,
            b.due_date,
            b.amount_fen,
            o.open_fen,
            o.credited_fen,
            o.version,
        )
        .select_from(bills.join(bill_balances, and_(o.org_id == b.org_id, o.id == b.id)))
        .where(b.org_id == tx.org_id, b.id == bill_id)
    )


async def paid(tx: Tx, bill_id: UUID) -> Sequence[Row[Any]]:
    """The money on a bill by payment, in the order it came, what left it again taken off."""
    return await tx.rows(
        select(a.payment_id, a.value_date, a.paid_on, func.sum(a.amount_fen).label("fen"))
        .where(a.org_id == tx.org_id, a.bill_id == bill_id)
        .group_by(a.payment_id, a.value_date, a.paid_on)
        .having(func.sum(a.amount_fen) > 0)
        .order_by(a.value_date, a.payment_id)
    )


async def take_off(tx: Tx, bill_id: UUID, amount_fen: int) -> None:
    """Owe less on a bill by a credit."""
    await tx.execute(
        update(bill_balances)
        .where(o.org_id == tx.org_id, o.id == bill_id)
        .values(
            open_fen=o.open_fen - amount_fen,
            credited_fen=o.credited_fen + amount_fen,
            version=o.version + 1,
            updated_at=tx.now,
        )
    )


async def add(tx: Tx, values: Mapping[str, Any]) -> UUID:
    """Store a credit; returns its id."""
    credit_id = uuid7()
    stamp = {"id": credit_id, "version": 1, "created_at": tx.now, "updated_at": tx.now}
    await insert_rows(tx, credits, [{**stamp, **values}])
    return credit_id


async def decide(tx: Tx, credit_id: UUID, state: str) -> None:
    """A credit was applied or refused."""
    applied = tx.now if state == "applied" else None
    await tx.execute(
        update(credits)
        .where(c.org_id == tx.org_id, c.id == credit_id)
        .values(state=state, applied_at=applied, updated_at=tx.now, version=c.version + 1)
    )


_CREDIT = select(
    credits,
    select(approvals.c.id)
    .where(approvals.c.org_id == c.org_id, approvals.c.subject_id == c.id)
    .order_by(approvals.c.id.desc())
    .limit(1)
    .correlate(credits)
    .scalar_subquery()
    .label("approval_id"),
)


async def get(tx: Tx, credit_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """One credit, with the approval it waits or waited for."""
    if lock:
        await tx.one_or_none(select(c.id).where(c.org_id == tx.org_id, c.id == credit_id).with_for_update())
    return await tx.one_or_none(_CREDIT.where(c.org_id == tx.org_id, c.id == credit_id))


async def of_bill(tx: Tx, bill_id: UUID) -> list[tuple[date, int]]:
    """The applied credits of a bill: the day each counts from, and its fen."""
    rows = await tx.rows(
        select(c.effective_on, c.amount_fen).where(
            c.org_id == tx.org_id, c.bill_id == bill_id, c.state == "applied"
        )
    )
    return [(row.effective_on, row.amount_fen) for row in rows]


async def page(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Credits, the latest first."""
    wanted = _CREDIT.where(c.org_id == tx.org_id, *conditions)
    if before is not None:
        wanted = wanted.where(c.id < before)
    return await tx.rows(wanted.order_by(c.id.desc()).limit(limit))
