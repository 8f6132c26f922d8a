"""Statements on accounts and postings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, select

from services.billing.domain.vocabulary import PREPAYMENT, RECEIVABLE
from services.billing.models import accounts, postings
from shared.db.tx import Tx


async def current(tx: Tx, unit_id: UUID) -> tuple[int, int]:
    """What the unit owes and has prepaid now, in fen; zeros for a unit without an account."""
    c = accounts.c
    row = await tx.one_or_none(
        select(c.receivable_fen, c.prepaid_fen).where(c.org_id == tx.org_id, c.unit_id == unit_id)
    )
    return (0, 0) if row is None else (row.receivable_fen, row.prepaid_fen)


async def as_of(
    tx: Tx, unit_id: UUID, day: date, conditions: Sequence[ColumnElement[bool]] = ()
) -> tuple[int, int]:
    """What the unit owed and had prepaid at the end of a local date, in fen, from the postings."""
    c = postings.c
    rows = await tx.rows(
        select(c.ledger, func.sum(c.amount_fen).label("fen"))
        .where(
            c.org_id == tx.org_id,
            c.unit_id == unit_id,
            c.ledger.in_((RECEIVABLE, PREPAYMENT)),
            c.booked_on <= day,
            *conditions,
        )
        .group_by(c.ledger)
    )
    sums = {row.ledger: int(row.fen) for row in rows}
    return sums.get(RECEIVABLE, 0), -sums.get(PREPAYMENT, 0)


async def entries(
    tx: Tx, unit_id: UUID, before: UUID | None, limit: int, conditions: Sequence[ColumnElement[bool]] = ()
) -> Sequence[Row[Any]]:
    """Postings on the unit's own account (owed and prepaid), the latest first."""
    c = postings.c
    own = c.ledger.in_((RECEIVABLE, PREPAYMENT))
    query = select(postings).where(c.org_id == tx.org_id, c.unit_id == unit_id, own, *conditions)
    if before is not None:
        query = query.where(c.id < before)
    return await tx.rows(query.order_by(c.id.desc()).limit(limit))
