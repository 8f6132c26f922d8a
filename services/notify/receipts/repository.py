"""Receipts in the database; the same callback again is the same row."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from services.notify.domain.channels import Receipt
from services.notify.domain.delivery import State
from services.notify.domain.identity import receipt_id
from services.notify.models import deliveries, receipts
from shared.db.tx import Tx


def row_of(tx: Tx, provider: str, delivery_id: UUID, receipt: Receipt) -> dict[str, Any]:
    """A receipt as it is kept; its id is made of what it says."""
    return {
        "org_id": tx.org_id,
        "id": receipt_id(provider, receipt.reference, receipt.arrived, receipt.code),
        "delivery_id": delivery_id,
        "provider": provider,
        "reference": receipt.reference[:200],
        "arrived": receipt.arrived,
        "code": receipt.code[:80],
        "at": receipt.at,
        "recorded_at": tx.wall,
        "link": None,
    }


async def keep(tx: Tx, row: Mapping[str, Any]) -> bool:
    """Add a receipt; False when it is here already."""
    added = await tx.rows(pg_insert(receipts).values(row).on_conflict_do_nothing().returning(receipts.c.id))
    return bool(added)


async def by_reference(tx: Tx, channel: str, references: Collection[str]) -> dict[str, UUID]:
    """The deliveries that a provider took under these ids of its own."""
    d = deliveries
    rows = await tx.rows(
        select(d.c.reference, d.c.id).where(
            d.c.org_id == tx.org_id, d.c.reference.in_(references), d.c.channel == channel
        )
    )
    return {row.reference: row.id for row in rows}


async def move(tx: Tx, delivery_id: UUID, state: State) -> None:
    """Put a delivery where its receipt says; the caller has locked it."""
    d = deliveries
    await tx.execute(
        update(d)
        .where(d.c.org_id == tx.org_id, d.c.id == delivery_id)
        .values(state=state, next_at=None, version=d.c.version + 1, updated_at=tx.now)
    )
