"""Statements behind the collection rate: sums by day, which the domain sorts into what counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, case, func, insert, or_, select

from services.billing.domain.collection import PAID, Billed, Credited
from services.billing.domain.corrections import APPLIED, CREDIT
from services.billing.models import allocations, bills, collection_closes, credits, prepayments
from shared.db.tx import Tx
from shared.ids import uuid7

a, b, c = allocations.c, bills.c, credits.c


def _on(cash_basis: str) -> ColumnElement[Any]:
    return a.paid_on if cash_basis == PAID else a.value_date


def _credited(tx: Tx, community_id: UUID) -> Any:
    """What was charged wrongly, by bill."""
    return (
        select(c.bill_id, func.sum(c.amount_fen).label("fen"))
        .where(c.org_id == tx.org_id, c.community_id == community_id, c.kind == CREDIT, c.state == APPLIED)
        .group_by(c.bill_id)
        .subquery()
    )


async def billed(tx: Tx, community_id: UUID, fee_kind: str, start: date, end: date) -> list[Billed]:
    """Bills due in ``[start, end)``, summed by due date."""
    wrong = _credited(tx, community_id)
    rows = await tx.rows(
        select(
            b.due_date,
            func.sum(b.amount_fen).label("fen"),
            func.count().label("bills"),
            func.coalesce(func.sum(wrong.c.fen), 0).label("credited"),
        )
        .select_from(bills.outerjoin(wrong, wrong.c.bill_id == b.id))
        .where(
            b.org_id == tx.org_id,
            b.community_id == community_id,
            b.fee_kind == fee_kind,
            b.due_date >= start,
            b.due_date < end,
        )
        .group_by(b.due_date)
    )
    return [Billed(row.due_date, int(row.fen), row.bills, int(row.credited)) for row in rows]


async def credited(
    tx: Tx, community_id: UUID, fee_kind: str, start: date, end: date, cash_basis: str
) -> list[Credited]:
    """Money for bills due in ``[start, end)``, and money credited in it for others, by due date and day."""
    on = _on(cash_basis)
    rows = await tx.rows(
        select(a.due_date, on.label("on_day"), func.sum(a.amount_fen).label("fen"))
        .where(
            a.org_id == tx.org_id,
            a.community_id == community_id,
            a.fee_kind == fee_kind,
            or_(and_(a.due_date >= start, a.due_date < end), and_(on >= start, on < end)),
        )
        .group_by(a.due_date, on)
    )
    return [Credited(row.due_date, row.on_day, int(row.fen)) for row in rows]


async def overpaid_fen(tx: Tx, community_id: UUID, end: date, cash_basis: str) -> int:
    """Prepayments credited before ``end`` that no bill has used, in fen; of all fee kinds."""
    p = prepayments.c
    on = p.paid_on if cash_basis == PAID else p.value_date
    return int(
        await tx.scalar(
            select(func.coalesce(func.sum(p.open_fen), 0)).where(
                p.org_id == tx.org_id, p.community_id == community_id, on < end, p.open_fen > 0
            )
        )
    )


async def evidence(
    tx: Tx,
    community_id: UUID,
    fee_kind: str,
    start: date,
    end: date,
    cash_basis: str,
    state: str | None,
    after: str | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Bills due in ``[start, end)`` by number, with the money that counted and the money that came later."""
    on = _on(cash_basis)
    money = (
        select(
            a.bill_id,
            func.sum(case((on < end, a.amount_fen), else_=0)).label("collected"),
            func.sum(case((on >= end, a.amount_fen), else_=0)).label("later"),
        )
        .where(
            a.org_id == tx.org_id,
            a.community_id == community_id,
            a.fee_kind == fee_kind,
            a.due_date >= start,
            a.due_date < end,
        )
        .group_by(a.bill_id)
        .subquery()
    )
    collected, wrong = func.coalesce(money.c.collected, 0), _credited(tx, community_id)
    net = b.amount_fen - func.coalesce(wrong.c.fen, 0)
    query = (
        select(
            b.id,
            b.number,
            b.unit_id,
            b.due_date,
            b.amount_fen,
            func.coalesce(wrong.c.fen, 0).label("credited"),
            collected.label("collected"),
            func.coalesce(money.c.later, 0).label("later"),
        )
        .select_from(
            bills.outerjoin(money, money.c.bill_id == b.id).outerjoin(wrong, wrong.c.bill_id == b.id)
        )
        .where(
            b.org_id == tx.org_id,
            b.community_id == community_id,
            b.fee_kind == fee_kind,
            b.due_date >= start,
            b.due_date < end,
        )
    )
    if state == "collected":
        query = query.where(collected >= net)
    elif state == "partly_collected":
        query = query.where(collected > 0, collected < net)
    elif state == "not_collected":
        query = query.where(collected == 0, net > 0)
    if after is not None:
        query = query.where(b.number > after)
    return await tx.rows(query.order_by(b.number).limit(limit))


async def last_close(tx: Tx, community_id: UUID, period: str, fee_kind: str) -> Row[Any] | None:
    """What was recorded at the quarter's close, if it has closed."""
    k = collection_closes.c
    return await tx.one_or_none(
        select(k.closed_at, k.numerator_fen, k.denominator_fen, k.bills)
        .where(
            k.org_id == tx.org_id,
            k.community_id == community_id,
            k.period == period,
            k.fee_kind == fee_kind,
        )
        .order_by(k.id.desc())
        .limit(1)
    )


async def add_close(tx: Tx, values: dict[str, Any]) -> None:
    """Record a close; it is never changed."""
    await tx.execute(insert(collection_closes).values(org_id=tx.org_id, id=uuid7(), **values))
