"""The statements of saved views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from services.ticketing.access import under_units
from services.ticketing.models import org_units, saved_views
from shared.auth import Principal
from shared.db.tx import Tx

v = saved_views.c


async def add(tx: Tx, row: Mapping[str, Any]) -> bool:
    """Store a new view, unless its owner has one of that name; whether it was stored."""
    result = await tx.execute(
        insert(saved_views)
        .values(org_id=tx.org_id, version=1, created_at=tx.now, updated_at=tx.now, **row)
        .on_conflict_do_nothing()
        .returning(v.id)
    )
    return result.first() is not None


async def count(tx: Tx, person_id: UUID) -> int:
    """How many views somebody keeps."""
    found = await tx.scalar(select(func.count()).where(v.org_id == tx.org_id, v.person_id == person_id))
    return int(found or 0)


def visible(tx: Tx, who: Principal) -> ColumnElement[bool]:
    """Views of one's own, and those shared with one's role, with an org unit one works in, above or below it."""
    u = org_units.c
    mine = sorted(who.units)
    above = select(func.unnest(u.path)).where(u.org_id == tx.org_id, u.id.in_(mine))
    below = select(u.id).where(u.org_id == tx.org_id, under_units(who, u.path))
    here = or_(v.org_unit_id.is_(None), v.org_unit_id.in_(above), v.org_unit_id.in_(below))
    role = or_(v.role.is_(None), v.role.in_(sorted(who.roles)))
    shared = or_(v.role.is_not(None), v.org_unit_id.is_not(None))
    return or_(v.person_id == who.sub, and_(shared, role, here))


async def one(tx: Tx, id: UUID, condition: ColumnElement[bool], *, lock: bool = False) -> Row[Any] | None:
    """A view by its id, if it fulfils a condition."""
    wanted = select(saved_views).where(v.org_id == tx.org_id, v.id == id, condition)
    return await tx.one_or_none(wanted.with_for_update() if lock else wanted)


async def page(tx: Tx, condition: ColumnElement[bool], after: UUID | None, limit: int) -> Sequence[Row[Any]]:
    """Views in the order of their making."""
    wanted = select(saved_views).where(v.org_id == tx.org_id, condition)
    if after is not None:
        wanted = wanted.where(v.id > after)
    return await tx.rows(wanted.order_by(v.id).limit(limit))


async def named(tx: Tx, person_id: UUID, title: str) -> UUID | None:
    """Somebody's view of a name."""
    found: UUID | None = await tx.scalar(
        select(v.id).where(v.org_id == tx.org_id, v.person_id == person_id, v.title == title)
    )
    return found


async def change(tx: Tx, row: Row[Any], values: Mapping[str, Any]) -> None:
    """Write a locked view anew."""
    await tx.execute(
        update(saved_views)
        .where(v.org_id == tx.org_id, v.id == row.id)
        .values(**values, version=row.version + 1, updated_at=tx.now)
    )


async def remove(tx: Tx, id: UUID) -> None:
    """Take a view away."""
    await tx.execute(delete(saved_views).where(v.org_id == tx.org_id, v.id == id))
