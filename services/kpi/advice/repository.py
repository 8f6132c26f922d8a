"""The letters whose running periods a list of today's actions is made from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, or_, select

from services.kpi import access
from services.kpi.models import letters, ref_communities
from shared.auth import Principal
from shared.db.tx import Tx


async def in_force(tx: Tx, who: Principal, community_id: UUID | None, now: datetime, limit: int) -> Sequence[Row[Any]]:
    """Letters in force within reach, the oldest first, at most so many."""
    c, place = letters.c, ref_communities.c
    years = sorted({now.year, (now + timedelta(hours=14)).year})  # the new year begins earlier in the east
    query = (
        select(letters, place.path, place.timezone)
        .join(ref_communities, and_(place.org_id == c.org_id, place.id == c.community_id))
        .where(
            c.org_id == tx.org_id,
            or_(c.state.is_(None), c.state == "effective"),
            or_(*(c.term.startswith(f"{year:04d}") for year in years)),
            *access.within_reach(tx, who, c.community_id),
        )
    )
    if community_id is not None:
        query = query.where(c.community_id == community_id)
    return await tx.rows(query.order_by(c.id).limit(limit))
