"""The statements of third-party surveys and samples of employees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Table, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import array, insert

from services.ticketing.models import (
    staff,
    staff_sample_forms,
    staff_sample_people,
    staff_samples,
)
from shared.db.helpers import insert_rows
from shared.db.tx import Tx

f = staff_sample_forms.c


async def add_once(tx: Tx, table: Table, row: Mapping[str, Any]) -> bool:
    """Store a row unless its natural key is there; whether it was stored."""
    result = await tx.execute(
        insert(table).values(org_id=tx.org_id, **row).on_conflict_do_nothing().returning(table.c.org_id)
    )
    return result.first() is not None


async def add_sample(tx: Tx, row: Mapping[str, Any], people: Sequence[UUID]) -> None:
    """Store a sample with whoever was drawn."""
    await insert_rows(tx, staff_samples, [{"version": 1, "created_at": tx.now, "updated_at": tx.now, **row}])
    await insert_rows(tx, staff_sample_people, [{"sample_id": row["id"], "staff_id": one} for one in people])


async def one(
    tx: Tx, table: Table, id: UUID, conditions: Sequence[ColumnElement[bool]], *, lock: bool = False
) -> Row[Any] | None:
    """A row by its id, if it fulfils the conditions of the caller's reach."""
    wanted = select(table).where(table.c.org_id == tx.org_id, table.c.id == id, *conditions)
    return await tx.one_or_none(wanted.with_for_update() if lock else wanted)


async def page(
    tx: Tx, table: Table, conditions: Sequence[ColumnElement[bool]], after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Rows in the order of their making."""
    wanted = select(table).where(table.c.org_id == tx.org_id, *conditions)
    if after is not None:
        wanted = wanted.where(table.c.id > after)
    return await tx.rows(wanted.order_by(table.c.id).limit(limit))


async def frame(tx: Tx, path: Sequence[UUID], about_id: UUID) -> Sequence[UUID]:
    """Employees at work under a path who may be asked about one of them: not those themselves, nor who has left."""
    s = staff.c
    rows = await tx.rows(
        select(s.id)
        .where(
            s.org_id == tx.org_id,
            s.units.overlap(array([literal(unit, type_=s.id.type) for unit in path])),
            s.left_at.is_(None),
            s.erased_at.is_(None),
            s.id != about_id,
        )
        .order_by(s.id)
    )
    return [row.id for row in rows]


async def drawn(tx: Tx, sample_id: UUID) -> Sequence[Row[Any]]:
    """``id, name`` of whoever was drawn."""
    s, p = staff.c, staff_sample_people.c
    return await tx.rows(
        select(s.id, s.name)
        .select_from(staff_sample_people.join(staff, (s.org_id == p.org_id) & (s.id == p.staff_id)))
        .where(p.org_id == tx.org_id, p.sample_id == sample_id)
        .order_by(s.name, s.id)
    )


async def returned(tx: Tx, sample_ids: Sequence[UUID]) -> Mapping[UUID, tuple[int, int]]:
    """By sample: forms that came back, and how many of them are satisfied."""
    if not sample_ids:
        return {}
    rows = await tx.rows(
        select(f.sample_id, func.count().label("forms"), func.count().filter(f.satisfied).label("satisfied"))
        .where(f.org_id == tx.org_id, or_(*(f.sample_id == id for id in sample_ids)))
        .group_by(f.sample_id)
    )
    return {row.sample_id: (int(row.forms), int(row.satisfied)) for row in rows}


async def close(tx: Tx, row: Row[Any]) -> None:
    """Count a locked sample."""
    c = staff_samples.c
    await tx.execute(
        update(staff_samples)
        .where(c.org_id == tx.org_id, c.id == row.id)
        .values(state="closed", closed_by=tx.actor_id, closed_at=tx.now, version=row.version + 1, updated_at=tx.now)
    )
