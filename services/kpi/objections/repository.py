"""Statements on objections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, select, update

from services.kpi import access
from services.kpi.models import case_exclusions, letters, objections, ref_communities
from shared.auth import Principal
from shared.db.helpers import insert_rows, upsert_rows
from shared.db.tx import Tx


async def insert(tx: Tx, row: Mapping[str, Any]) -> None:
    """Store an objection."""
    await insert_rows(tx, objections, [row])


async def open_one(tx: Tx, indicator: str, subject: str) -> UUID | None:
    """The objection against a case that waits for its decision."""
    c = objections.c
    found: UUID | None = await tx.scalar(
        select(c.id).where(
            c.org_id == tx.org_id, c.indicator == indicator, c.subject == subject, c.state == "open"
        )
    )
    return found


async def get(tx: Tx, objection_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """An objection with the org units above its community."""
    c = objections.c
    query = (
        select(objections, ref_communities.c.path)
        .join(ref_communities, and_(ref_communities.c.org_id == c.org_id, ref_communities.c.id == c.community_id))
        .where(c.org_id == tx.org_id, c.id == objection_id)
    )
    return await tx.one_or_none(query.with_for_update(of=objections) if lock else query)


async def page(
    tx: Tx, who: Principal, filters: Mapping[str, Any], after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Objections within reach, the oldest first."""
    c = objections.c
    query = select(objections).where(c.org_id == tx.org_id, *access.within_reach(tx, who, c.community_id))
    for name, value in filters.items():
        if value is not None:
            query = query.where(c[name] == value)
    if after is not None:
        query = query.where(c.id > after)
    return await tx.rows(query.order_by(c.id).limit(limit))


async def decide(tx: Tx, objection_id: UUID, values: Mapping[str, Any]) -> None:
    """Store a decision, or what followed from it."""
    c = objections.c
    await tx.execute(
        update(objections).where(c.org_id == tx.org_id, c.id == objection_id).values(updated_at=tx.now, **values)
    )


async def exclude(tx: Tx, indicator: str, subject: str, objection_id: UUID) -> None:
    """Take a case out of an indicator, for good."""
    row = {"indicator": indicator, "subject": subject, "objection_id": objection_id}
    await upsert_rows(
        tx, case_exclusions, [row], keys=("org_id", "indicator", "subject"), update=["objection_id"]
    )


async def letters_of(tx: Tx, community_id: UUID) -> Sequence[Row[Any]]:
    """All letters of a community, locked in one order: no close may read facts while a decision changes them."""
    c = letters.c
    return await tx.rows(
        select(letters)
        .where(c.org_id == tx.org_id, c.community_id == community_id)
        .order_by(c.id)
        .with_for_update()
    )
