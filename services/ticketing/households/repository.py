"""Statements on who belongs to a unit. Whoever changes that locks the unit's row first, so that no two cross."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, or_, select

from services.ticketing.models import communities, moves, people, relations, units
from shared.db.helpers import insert_rows
from shared.db.tx import Tx


async def lock_unit(tx: Tx, unit_id: UUID) -> Row[Any] | None:
    """``id, number, community_id, path, timezone`` of a unit, whose household is held until the commit."""
    return await tx.one_or_none(
        select(units.c.id, units.c.number, units.c.community_id, communities.c.path, communities.c.timezone)
        .select_from(
            units.join(
                communities,
                and_(communities.c.org_id == units.c.org_id, communities.c.id == units.c.community_id),
            )
        )
        .where(units.c.org_id == tx.org_id, units.c.id == unit_id)
        .with_for_update(key_share=True, of=units)
    )


async def relations_of(tx: Tx, unit_id: UUID, *, from_day: date | None = None) -> Sequence[Row[Any]]:
    """Relations to a unit that hold on a day or later (all without one), oldest first."""
    r = relations.c
    where = [r.org_id == tx.org_id, r.unit_id == unit_id]
    if from_day is not None:
        where.append(or_(r.until.is_(None), r.until >= from_day))
    return await tx.rows(select(relations).where(*where).order_by(r.id))


async def relation(tx: Tx, relation_id: UUID) -> Row[Any] | None:
    """One relation."""
    r = relations.c
    return await tx.one_or_none(select(relations).where(r.org_id == tx.org_id, r.id == relation_id))


async def insert_relations(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store new relations."""
    await insert_rows(tx, relations, rows)


async def admitted(tx: Tx, unit_id: UUID) -> Sequence[Row[Any]]:
    """Whoever was admitted to a unit by its household, with the phone they are to sign in with."""
    r, p = relations, people
    return await tx.rows(
        select(r, p.c.phone)
        .select_from(r.join(p, and_(p.c.org_id == r.c.org_id, p.c.id == r.c.person_id)))
        .where(r.c.org_id == tx.org_id, r.c.unit_id == unit_id, r.c.granted_by.is_not(None))
        .order_by(r.c.id)
    )


async def living(tx: Tx, ids: Collection[UUID]) -> set[UUID]:
    """Of these people, those who can be bound to a unit: neither erased nor merged away."""
    p = people.c
    rows = await tx.rows(
        select(p.id)
        .where(
            p.org_id == tx.org_id, p.id.in_(sorted(ids)), p.erased_at.is_(None), p.merged_into.is_(None)
        )
        .order_by(p.id)
        .with_for_update(read=True, key_share=True)  # against being merged away before the relation is stored
    )
    return {row.id for row in rows}


async def insert_move(tx: Tx, row: Mapping[str, Any]) -> None:
    """Store the record of a move."""
    await insert_rows(tx, moves, [row])


async def moves_of(tx: Tx, unit_id: UUID) -> Sequence[Row[Any]]:
    """The moves of a unit, the latest first."""
    m = moves.c
    return await tx.rows(
        select(moves).where(m.org_id == tx.org_id, m.unit_id == unit_id).order_by(m.on.desc(), m.id.desc()).limit(200)
    )
