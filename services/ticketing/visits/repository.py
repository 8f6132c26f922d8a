"""The statements of visits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, insert, literal, select, update

from services.ticketing.models import relations, visits
from shared.db.tx import Tx


async def add(tx: Tx, row: Mapping[str, Any]) -> None:
    """Store a new visit."""
    await tx.execute(
        insert(visits).values(
            org_id=tx.org_id, version=1, created_at=tx.now, updated_at=tx.now, ticket_ids=[], **row
        )
    )


async def one(
    tx: Tx, id: UUID, conditions: Sequence[ColumnElement[bool]], *, lock: bool = False
) -> Row[Any] | None:
    """A visit by id, if it fulfils the conditions of the caller's reach."""
    found = select(visits).where(visits.c.org_id == tx.org_id, visits.c.id == id, *conditions)
    return await tx.one_or_none(found.with_for_update() if lock else found)


async def change(tx: Tx, row: Row[Any], values: Mapping[str, Any]) -> None:
    """Write new values and the next version of a locked visit."""
    await tx.execute(
        update(visits)
        .where(visits.c.org_id == tx.org_id, visits.c.id == row.id)
        .values(**values, version=row.version + 1, updated_at=tx.now)
    )


async def page(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], *, after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Visits, the newest record first."""
    wanted = select(visits).where(visits.c.org_id == tx.org_id, *conditions)
    if after is not None:
        wanted = wanted.where(visits.c.id < after)
    return await tx.rows(wanted.order_by(visits.c.id.desc()).limit(limit))


async def lives_here(tx: Tx, person_id: UUID, community_id: UUID) -> bool:
    """Whether a person has, or had, to do with a community."""
    found = await tx.scalar(
        select(literal(1))
        .where(
            relations.c.org_id == tx.org_id,
            relations.c.person_id == person_id,
            relations.c.community_id == community_id,
        )
        .limit(1)
    )
    return found is not None


async def forget(tx: Tx, person_id: UUID) -> None:
    """Take an erased person's name and words out of their visits; that they came stays."""
    await tx.execute(
        update(visits)
        .where(visits.c.org_id == tx.org_id, visits.c.person_id == person_id)
        .values(visitor_name=None, subject="—", result=None, version=visits.c.version + 1, updated_at=tx.now)
    )


async def of_person(tx: Tx, person_id: UUID) -> Sequence[Row[Any]]:
    """Somebody's visits, oldest first."""
    return await tx.rows(
        select(visits).where(visits.c.org_id == tx.org_id, visits.c.person_id == person_id).order_by(visits.c.id)
    )
