"""Statements on the record of openings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select

from services.kpi import access
from services.kpi.models import original_openings
from shared.auth import Principal
from shared.db.helpers import insert_rows
from shared.db.tx import Tx


async def record(tx: Tx, row: Mapping[str, Any]) -> None:
    """Store an opening."""
    await insert_rows(tx, original_openings, [row])


async def hash_of(tx: Tx, number: int) -> str | None:
    """The hash of one opening."""
    c = original_openings.c
    found: str | None = await tx.scalar(select(c.hash).where(c.org_id == tx.org_id, c.number == number))
    return found


async def page(
    tx: Tx, who: Principal, filters: Mapping[str, Any], before: int | None, limit: int
) -> Sequence[Row[Any]]:
    """Openings of cases within reach, the latest first."""
    c = original_openings.c
    query = select(original_openings).where(c.org_id == tx.org_id, *access.within_reach(tx, who, c.community_id))
    for name, value in filters.items():
        if value is not None:
            query = query.where(c[name] == value)
    if before is not None:
        query = query.where(c.number < before)
    return await tx.rows(query.order_by(c.number.desc()).limit(limit))


async def following(tx: Tx, number: int, limit: int) -> Sequence[Row[Any]]:
    """The openings after a number, in order."""
    c = original_openings.c
    return await tx.rows(
        select(original_openings)
        .where(c.org_id == tx.org_id, c.number > number)
        .order_by(c.number)
        .limit(limit)
    )


async def told(tx: Tx, counter: str) -> int:
    """How many openings there were, by the counter that numbered them."""
    found = await tx.raw.fetchval(
        f"SELECT value FROM {tx.schema}.counters WHERE org_id = $1 AND name = $2", tx.org_id, counter
    )
    return int(found or 0)
