"""Statements on issued bills."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, select

from services.billing.bills.schemas import Wanted
from services.billing.domain.vocabulary import OPEN, PAID, PARTLY_PAID
from services.billing.models import allocations, bill_balances, bill_lines, bills
from shared.db.tx import Tx

_BILL = select(
    bills.c.id,
    bills.c.number,
    bills.c.run_id,
    bills.c.community_id,
    bills.c.unit_id,
    bills.c.payer_id,
    bills.c.standard_id,
    bills.c.fee_kind,
    bills.c.period,
    bills.c.due_date,
    bills.c.amount_fen,
    bills.c.issued_at,
    bill_balances.c.open_fen,
).select_from(
    bills.join(bill_balances, and_(bill_balances.c.org_id == bills.c.org_id, bill_balances.c.id == bills.c.id))
)


def in_state(state: str) -> ColumnElement[bool]:
    """The condition behind a derived state; the definition is ``domain.vocabulary.bill_state``."""
    o = bill_balances.c.open_fen
    return {
        OPEN: o >= bills.c.amount_fen,
        PARTLY_PAID: and_(o > 0, o < bills.c.amount_fen),
        PAID: o <= 0,
    }[state]


def conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    """What a caller wants of the list, as conditions."""
    c = bills.c
    found: list[ColumnElement[bool]] = [
        column == value
        for column, value in (
            (c.community_id, wanted.community_id),
            (c.unit_id, wanted.unit_id),
            (c.payer_id, wanted.payer_id),
            (c.run_id, wanted.run_id),
            (c.period, wanted.period),
            (c.fee_kind, wanted.fee_kind),
        )
        if value is not None
    ]
    if wanted.due_from is not None:
        found.append(c.due_date >= wanted.due_from)
    if wanted.due_to is not None:
        found.append(c.due_date <= wanted.due_to)
    if wanted.state is not None:
        found.append(in_state(wanted.state))
    if wanted.updated_after is not None:
        found.append(bill_balances.c.updated_at >= wanted.updated_after)
    return found


async def get(tx: Tx, bill_id: UUID) -> Row[Any] | None:
    """One bill with what is open on it."""
    return await tx.one_or_none(_BILL.where(bills.c.org_id == tx.org_id, bills.c.id == bill_id))


async def lines(tx: Tx, bill_id: UUID) -> Sequence[Row[Any]]:
    """The lines of a bill, in the order the rule made them."""
    c = bill_lines.c
    return await tx.rows(select(bill_lines).where(c.org_id == tx.org_id, c.bill_id == bill_id).order_by(c.id))


async def paid(tx: Tx, bill_id: UUID) -> Sequence[Row[Any]]:
    """The money on a bill, in the order it came."""
    c = allocations.c
    return await tx.rows(
        select(c.id, c.payment_id, c.amount_fen, c.value_date)
        .where(c.org_id == tx.org_id, c.bill_id == bill_id)
        .order_by(c.id)
    )


async def page(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Bills, the latest issued first."""
    wanted = _BILL.where(bills.c.org_id == tx.org_id, *conditions)
    if before is not None:
        wanted = wanted.where(bills.c.id < before)
    return await tx.rows(wanted.order_by(bills.c.id.desc()).limit(limit))
