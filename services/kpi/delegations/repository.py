"""Statements on delegations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import insert

from services.kpi.models import delegations
from shared.db.tx import Tx


async def lend(tx: Tx, row: Mapping[str, Any]) -> None:
    """Store a delegation; said twice, the first stands."""
    await tx.execute(insert(delegations).values(org_id=tx.org_id, **row).on_conflict_do_nothing())


async def of(tx: Tx, about_id: UUID) -> Sequence[Row[Any]]:
    """The delegations about a review or letter, the oldest first."""
    c = delegations.c
    return await tx.rows(
        select(delegations).where(c.org_id == tx.org_id, c.about_id == about_id).order_by(c.at, c.place, c.lent_to)
    )


async def lent(tx: Tx, about_id: UUID, place: str, lent_by: UUID, lent_to: UUID) -> bool:
    """Whether somebody lent their place to somebody."""
    c = delegations.c
    found = await tx.scalar(
        select(c.about_id).where(
            c.org_id == tx.org_id,
            c.about_id == about_id,
            c.place == place,
            c.lent_by == lent_by,
            c.lent_to == lent_to,
        )
    )
    return found is not None
