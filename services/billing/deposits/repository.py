"""Statements on deposits: bills of a fee kind of their own, and what went back of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, func, select

from services.billing.bills.issue import DEPOSIT
from services.billing.models import bill_balances, bills, deposit_returns
from shared.db.helpers import insert_rows
from shared.db.tx import Tx
from shared.ids import uuid7

b, o, d = bills.c, bill_balances.c, deposit_returns.c


async def get(tx: Tx, bill_id: UUID) -> Row[Any] | None:
    """A deposit with what was paid and returned (fen). Exact only while the unit's account is locked."""
    returned = (
        select(func.coalesce(func.sum(d.amount_fen), 0))
        .where(d.org_id == b.org_id, d.bill_id == b.id)
        .correlate(bills)
        .scalar_subquery()
    )
    return await tx.one_or_none(
        select(
            b.id,
            b.unit_id,
            b.community_id,
            b.amount_fen,
            b.payer_id,
            b.issued_at,
            (b.amount_fen - o.credited_fen - o.open_fen).label("paid_fen"),
            returned.label("returned_fen"),
        )
        .select_from(bills.join(bill_balances, and_(o.org_id == b.org_id, o.id == b.id)))
        .where(b.org_id == tx.org_id, b.id == bill_id, b.source == DEPOSIT)
    )


async def add_return(tx: Tx, values: Mapping[str, Any]) -> UUID:
    """Store what went back; returns its id."""
    return_id = uuid7()
    stamp = {"id": return_id, "version": 1, "created_at": tx.now, "updated_at": tx.now}
    await insert_rows(tx, deposit_returns, [{**stamp, **values}])
    return return_id
