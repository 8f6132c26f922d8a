"""Rows of a community: one with the org units above it, and lists of what lies within the caller's reach.

What hangs on a community (reviews, objections, consequences, observations, inspections) is found and listed alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Table, and_, select

from services.kpi import access
from services.kpi.models import ref_communities
from shared.auth import Principal
from shared.db.tx import Tx


async def get(tx: Tx, table: Table, id_: UUID, *, lock: bool = False) -> Row[Any] | None:
    """A row with the `path` of its community; locked, so that two steps at once cannot both be taken."""
    c, r = table.c, ref_communities.c
    query = (
        select(table, r.path)
        .join(ref_communities, and_(r.org_id == c.org_id, r.id == c.community_id))
        .where(c.org_id == tx.org_id, c.id == id_)
    )
    return await tx.one_or_none(query.with_for_update(of=table) if lock else query)


async def page(
    tx: Tx,
    table: Table,
    who: Principal,
    filters: Mapping[str, Any],
    after: UUID | None,
    limit: int,
    *conditions: ColumnElement[bool],
) -> Sequence[Row[Any]]:
    """Rows within reach, the oldest first, narrowed by the columns that `filters` gives a value for."""
    c = table.c
    query = select(table).where(c.org_id == tx.org_id, *access.within_reach(tx, who, c.community_id), *conditions)
    for name, value in filters.items():
        if value is not None:
            query = query.where(c[name] == value)
    if after is not None:
        query = query.where(c.id > after)
    return await tx.rows(query.order_by(c.id).limit(limit))
