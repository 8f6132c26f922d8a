"""Statements on standing delegations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, or_, select, update

from services.ticketing.models import delegations, staff
from services.ticketing.register.repository import paged
from shared.db.helpers import insert_rows
from shared.db.tx import Tx
from shared.http.paging import PageQuery
from shared.ids import uuid7

d = delegations.c


async def owners_for(tx: Tx, person_id: UUID) -> Sequence[Row[Any]]:
    """The staff rows of those whose powers are lent to somebody at this instant, the earliest loan first."""
    where = [d.org_id == tx.org_id, d.to_id == person_id, d.revoked_at.is_(None), d.since <= tx.now, d.until > tx.now]
    loans = await tx.rows(select(d.from_id).where(*where).order_by(d.since, d.id))
    if not loans:
        return []
    ids = [row.from_id for row in loans]
    rows = await tx.rows(select(staff).where(staff.c.org_id == tx.org_id, staff.c.id.in_(sorted(set(ids)))))
    return sorted(rows, key=lambda row: ids.index(row.id))


async def insert(tx: Tx, values: Mapping[str, Any]) -> UUID:
    """Store a delegation; its id."""
    id = uuid7()
    stamped = {"id": id, "version": 1, "created_at": tx.now, "updated_at": tx.now, "revoked_at": None}
    await insert_rows(tx, delegations, [{**stamped, **values}])
    return id


async def find(tx: Tx, id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """A delegation."""
    wanted = select(delegations).where(d.org_id == tx.org_id, d.id == id)
    return await tx.one_or_none(wanted.with_for_update() if lock else wanted)


async def revoke(tx: Tx, row: Row[Any]) -> None:
    """End a locked delegation now."""
    where = [d.org_id == tx.org_id, d.id == row.id]
    await tx.execute(
        update(delegations).where(*where).values(revoked_at=tx.now, updated_at=tx.now, version=row.version + 1)
    )


async def revoke_all(tx: Tx, person_id: UUID) -> None:
    """End whatever somebody lent or was lent: they go."""
    mine = or_(d.from_id == person_id, d.to_id == person_id)
    await tx.execute(
        update(delegations)
        .where(d.org_id == tx.org_id, mine, d.revoked_at.is_(None))
        .values(revoked_at=tx.now, updated_at=tx.now, version=d.version + 1)
    )


async def page(tx: Tx, person_id: UUID, page: PageQuery) -> Sequence[Row[Any]]:
    """What somebody lent and was lent, in the order of its making."""
    wanted = select(delegations).where(d.org_id == tx.org_id, or_(d.from_id == person_id, d.to_id == person_id))
    return await tx.rows(paged(wanted, delegations, page))
