"""Statements on observations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from services.kpi import access
from services.kpi.models import observations, ref_communities
from shared.auth import Principal
from shared.db.helpers import insert_rows
from shared.db.tx import Tx


async def insert(tx: Tx, row: Mapping[str, Any]) -> None:
    """Store an observation."""
    await insert_rows(tx, observations, [row])


async def insert_once(tx: Tx, row: Mapping[str, Any]) -> None:
    """Store an observation whose id says where it came from, unless it is there."""
    await tx.execute(pg_insert(observations).values(org_id=tx.org_id, **row).on_conflict_do_nothing())


async def get(tx: Tx, observation_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """An observation with the org units above its community; locked, so that two reviews cannot both win."""
    c = observations.c
    query = (
        select(observations, ref_communities.c.path)
        .join(ref_communities, and_(ref_communities.c.org_id == c.org_id, ref_communities.c.id == c.community_id))
        .where(c.org_id == tx.org_id, c.id == observation_id)
    )
    return await tx.one_or_none(query.with_for_update(of=observations) if lock else query)


async def review(tx: Tx, row: Row[Any], values: Mapping[str, Any]) -> None:
    """Write a review; the row is locked."""
    c = observations.c
    await tx.execute(
        update(observations)
        .where(c.org_id == tx.org_id, c.id == row.id)
        .values(**values, version=row.version + 1, updated_at=tx.now)
    )


async def page(
    tx: Tx, who: Principal, filters: Mapping[str, Any], after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Observations within the caller's reach, the oldest first."""
    c = observations.c
    query = select(observations).where(c.org_id == tx.org_id, *access.within_reach(tx, who, c.community_id))
    for name, value in filters.items():
        if value is not None:
            query = query.where(c[name] == value)
    if after is not None:
        query = query.where(c.id > after)
    return await tx.rows(query.order_by(c.id).limit(limit))


async def confirmed(
    tx: Tx, codes: Sequence[str], communities: Sequence[UUID], first: date, end: date, as_of: datetime | None
) -> Sequence[Row[Any]]:
    """What counts of some indicators in a scope, from `first` to before `end`; as it stood at a past moment."""
    if not codes or not communities:
        return ()
    c = observations.c
    query = select(c.id, c.indicator, c.community_id, c.on_date, c.reading).where(
        c.org_id == tx.org_id,
        c.community_id.in_(communities),
        c.indicator.in_(codes),
        c.on_date >= first,
        c.on_date < end,
        c.state == "confirmed",
    )
    return await tx.rows(query if as_of is None else query.where(c.reviewed_at <= as_of))


async def confirmed_since(
    tx: Tx,
    code: str,
    communities: Sequence[UUID],
    first: date,
    end: date,
    moment: datetime,
    after: UUID | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """What was confirmed of an indicator and a period after a moment, in the order of recording."""
    c = observations.c
    query = select(c.id, c.indicator, c.on_date, c.reading, c.reviewed_at).where(
        c.org_id == tx.org_id,
        c.community_id.in_(list(communities)),
        c.indicator == code,
        c.on_date >= first,
        c.on_date < end,
        c.state == "confirmed",
        c.reviewed_at > moment,
    )
    if after is not None:
        query = query.where(c.id > after)
    return await tx.rows(query.order_by(c.id).limit(limit))
