"""Statements of activation codes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, or_, select, update

from services.ticketing.models import activation_codes, buildings, communities, relations, units
from services.ticketing.register.repository import paged
from shared.db.helpers import insert_rows
from shared.db.tx import Tx
from shared.http.paging import PageQuery

a = activation_codes.c


async def lock_units(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], limit: int
) -> Sequence[Row[Any]]:
    """Units with their building and community's path, held in one order until the commit."""
    joined = units.join(
        communities, and_(communities.c.org_id == units.c.org_id, communities.c.id == units.c.community_id)
    ).outerjoin(buildings, and_(buildings.c.org_id == units.c.org_id, buildings.c.id == units.c.building_id))
    return await tx.rows(
        select(
            units.c.id,
            units.c.number,
            units.c.community_id,
            communities.c.path,
            communities.c.name.label("community"),
            buildings.c.name.label("building"),
        )
        .select_from(joined)
        .where(units.c.org_id == tx.org_id, *conditions)
        .order_by(units.c.id)
        .limit(limit)
        .with_for_update(key_share=True, of=units)
    )


async def organisation(tx: Tx) -> str:
    """What the organisation is called."""
    name = await tx.raw.fetchval(f"SELECT name FROM {tx.schema}.organisations WHERE id = $1", tx.org_id)
    return name or ""


async def households(tx: Tx, unit_ids: Collection[UUID], day: date) -> Mapping[UUID, set[UUID]]:
    """Who belongs to these units on a day, by unit."""
    r = relations.c
    rows = await tx.rows(
        select(r.unit_id, r.person_id).where(
            r.org_id == tx.org_id,
            r.unit_id.in_(sorted(unit_ids)),
            r.since <= day,
            or_(r.until.is_(None), r.until >= day),
        )
    )
    found: dict[UUID, set[UUID]] = {id: set() for id in unit_ids}
    for row in rows:
        found[row.unit_id].add(row.person_id)
    return found


async def insert(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store codes."""
    await insert_rows(tx, activation_codes, rows)


async def revoke(tx: Tx, unit_ids: Collection[UUID], role: str | None = None) -> Sequence[UUID]:
    """Revoke the codes of these locked units that are still good; their ids."""
    where = [a.org_id == tx.org_id, a.unit_id.in_(sorted(unit_ids)), a.state == "issued"]
    if role is not None:
        where.append(a.role == role)
    rows = await tx.rows(
        update(activation_codes)
        .where(*where)
        .values(state="revoked", version=a.version + 1, updated_at=tx.now)
        .returning(a.id)
    )
    return [row.id for row in rows]


async def by_handle(tx: Tx, handle: str) -> Row[Any] | None:
    """The code that a handle finds."""
    return await tx.one_or_none(select(activation_codes).where(a.org_id == tx.org_id, a.handle == handle))


async def find(tx: Tx, id: UUID) -> Row[Any] | None:
    """A code by its id."""
    return await tx.one_or_none(select(activation_codes).where(a.org_id == tx.org_id, a.id == id))


async def locked(tx: Tx, id: UUID) -> Row[Any] | None:
    """A code, held until the commit."""
    return await tx.one_or_none(
        select(activation_codes).where(a.org_id == tx.org_id, a.id == id).with_for_update()
    )


async def change(tx: Tx, row: Row[Any], values: Mapping[str, Any]) -> None:
    """Write columns and the next version of a locked code."""
    await tx.execute(
        update(activation_codes)
        .where(a.org_id == tx.org_id, a.id == row.id)
        .values(**values, version=row.version + 1, updated_at=tx.now)
    )


async def page(tx: Tx, conditions: Sequence[ColumnElement[bool]], page: PageQuery) -> Sequence[Row[Any]]:
    """One page of codes."""
    return await tx.rows(
        paged(select(activation_codes).where(a.org_id == tx.org_id, *conditions), activation_codes, page)
    )


async def used_by(tx: Tx, person_id: UUID) -> Sequence[Row[Any]]:
    """The codes that somebody showed."""
    return await tx.rows(select(activation_codes).where(a.org_id == tx.org_id, a.used_by == person_id).order_by(a.id))
