"""Statements on legal packets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, select

from services.billing.models import allocations, legal_packets
from shared.db.helpers import insert_rows
from shared.db.tx import Tx

k = legal_packets.c


async def add(tx: Tx, row: Mapping[str, Any]) -> None:
    """Store a packet."""
    stamp = {"version": 1, "created_at": tx.now, "updated_at": tx.now}
    await insert_rows(tx, legal_packets, [{**stamp, **row}])


async def get(tx: Tx, packet_id: UUID) -> Row[Any] | None:
    """One packet."""
    return await tx.one_or_none(select(legal_packets).where(k.org_id == tx.org_id, k.id == packet_id))


async def page(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Packets, the latest first."""
    wanted = select(legal_packets).where(k.org_id == tx.org_id, *conditions)
    if before is not None:
        wanted = wanted.where(k.id < before)
    return await tx.rows(wanted.order_by(k.id.desc()).limit(limit))


async def part_payments(tx: Tx, bill_ids: Sequence[UUID]) -> Sequence[Row[Any]]:
    """What was paid on bills that still have money open on them."""
    a = allocations.c
    return await tx.rows(
        select(a.bill_id, a.payment_id, a.amount_fen, a.paid_on, a.value_date)
        .where(a.org_id == tx.org_id, a.bill_id.in_(bill_ids))
        .order_by(a.id)
    )
