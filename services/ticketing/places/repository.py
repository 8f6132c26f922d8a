"""Statements on the tree of org units and what hangs in it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from services.ticketing.models import communities, org_units
from shared.db.tx import Tx


async def lock_tree(tx: Tx, *, shared: bool = False) -> bool:
    """Lock the organisation's root until the commit, so that two moves cannot make a circle between them.

    ``shared`` is for those who only copy a path from the tree. False when the organisation was never made.
    """
    found = await tx.scalar(
        select(org_units.c.id)
        .where(org_units.c.org_id == tx.org_id, org_units.c.id == tx.org_id)
        .with_for_update(read=shared, key_share=not shared)
    )
    return found is not None


async def whole_tree(tx: Tx) -> dict[UUID, Row[Any]]:
    """All org units of the organisation by id; some hundreds, for companies have that many branches."""
    rows = await tx.rows(select(org_units).where(org_units.c.org_id == tx.org_id))
    return {row.id: row for row in rows}


async def communities_of(tx: Tx, org_unit_ids: Collection[UUID]) -> Sequence[Row[Any]]:
    """The communities of these org units, locked."""
    c = communities.c
    return await tx.rows(
        select(communities)
        .where(c.org_id == tx.org_id, c.org_unit_id.in_(sorted(org_unit_ids)))
        .order_by(c.id)
        .with_for_update(key_share=True)
    )
