"""The inbox in the database; every query names the person, so nobody reads another's."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, select, update
from sqlalchemy.engine import Row

from services.notify.models import inbox, messages
from shared.db.tx import Tx


def _entries(tx: Tx, person_id: UUID) -> Select[Any]:
    i, m = inbox, messages
    return (
        select(
            i.c.id,
            m.c.template,
            m.c.message_class,
            m.c.title,
            m.c.body,
            m.c.cause_type,
            m.c.subject_id,
            m.c.community_id,
            i.c.created_at,
            i.c.updated_at,
            i.c.read_at,
            i.c.version,
            i.c.arrived_id,
        )
        .select_from(i.join(m, and_(m.c.org_id == i.c.org_id, m.c.id == i.c.id)))
        .where(i.c.org_id == tx.org_id, i.c.person_id == person_id)
    )


async def page(
    tx: Tx,
    person_id: UUID,
    *,
    unread: bool | None,
    before: UUID | None,
    updated_after: datetime | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Up to `limit` + 1 entries of a person, newest first, older than the entry `before`."""
    query = _entries(tx, person_id).order_by(inbox.c.id.desc()).limit(limit + 1)
    if before is not None:
        query = query.where(inbox.c.id < before)
    if unread is not None:
        query = query.where(inbox.c.read_at.is_(None) if unread else inbox.c.read_at.is_not(None))
    if updated_after is not None:
        query = query.where(inbox.c.updated_at >= updated_after)
    return await tx.rows(query)


async def arrived(tx: Tx, people: Collection[UUID], since: UUID) -> list[tuple[UUID, UUID]]:
    """(person, place in the stream) of what arrived for these people after a place."""
    rows = await tx.raw.fetch(
        f"SELECT person_id, arrived_id FROM {tx.schema}.inbox WHERE org_id = $1 AND person_id = ANY($2::uuid[]) "
        "AND arrived_id > $3",
        tx.org_id,
        list(people),
        since,
    )
    return [(row["person_id"], row["arrived_id"]) for row in rows]


async def after(tx: Tx, person_id: UUID, since: UUID, limit: int) -> Sequence[Row[Any]]:
    """A person's entries after a place in the stream, in its order."""
    i = inbox
    return await tx.rows(_entries(tx, person_id).where(i.c.arrived_id > since).order_by(i.c.arrived_id).limit(limit))


async def mark_read(tx: Tx, person_id: UUID, message_id: UUID) -> None:
    """Set the time of the first reading; a second reading changes nothing."""
    i = inbox
    await tx.execute(
        update(i)
        .where(i.c.org_id == tx.org_id, i.c.id == message_id, i.c.person_id == person_id, i.c.read_at.is_(None))
        .values(read_at=tx.now, updated_at=tx.now, version=i.c.version + 1)
    )


async def entry(tx: Tx, person_id: UUID, message_id: UUID) -> Row[Any] | None:
    """One entry of a person, or None."""
    return await tx.one_or_none(_entries(tx, person_id).where(inbox.c.id == message_id))


async def unread(tx: Tx, person_id: UUID) -> int:
    """How many entries of a person are not read."""
    i = inbox
    found = await tx.scalar(
        select(func.count()).where(i.c.org_id == tx.org_id, i.c.person_id == person_id, i.c.read_at.is_(None))
    )
    return int(found)


async def mark_several(tx: Tx, person_id: UUID, ids: Sequence[UUID] | None) -> None:
    """Set the time of the first reading of these entries of a person; None: of all."""
    i = inbox
    chosen = [] if ids is None else [i.c.id.in_(ids)]
    await tx.execute(
        update(i)
        .where(i.c.org_id == tx.org_id, i.c.person_id == person_id, i.c.read_at.is_(None), *chosen)
        .values(read_at=tx.now, updated_at=tx.now, version=i.c.version + 1)
    )
