"""Statements on connected systems."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update

from services.ticketing.models import integrators, org_units
from services.ticketing.register.repository import paged
from shared.db.helpers import insert_rows
from shared.db.tx import Tx
from shared.http.paging import PageQuery


async def insert(tx: Tx, values: dict[str, Any]) -> None:
    """Store a new one."""
    row = {
        "version": 1,
        "created_at": tx.wall,
        "updated_at": tx.wall,
        "previous_hash": None,
        "previous_until": None,
        "ended_at": None,
    }
    await insert_rows(tx, integrators, [{**row, **values}])


async def one(tx: Tx, id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """One by its id."""
    found = select(integrators).where(integrators.c.org_id == tx.org_id, integrators.c.id == id)
    return await tx.one_or_none(found.with_for_update() if lock else found)


async def page(tx: Tx, page: PageQuery) -> Sequence[Row[Any]]:
    """One row more than a page, in the order of making."""
    wanted = select(integrators).where(integrators.c.org_id == tx.org_id)
    return await tx.rows(paged(wanted, integrators, page))


async def change(tx: Tx, row: Row[Any], values: dict[str, Any]) -> None:
    """Change a locked one."""
    await tx.execute(
        update(integrators)
        .where(integrators.c.org_id == tx.org_id, integrators.c.id == row.id)
        .values(version=row.version + 1, updated_at=tx.wall, **values)
    )


async def paths(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Sequence[UUID]]:
    """The paths of these org units, those that exist."""
    rows = await tx.rows(
        select(org_units.c.id, org_units.c.path).where(
            org_units.c.org_id == tx.org_id, org_units.c.id.in_(sorted(ids))
        )
    )
    return {row.id: row.path for row in rows}
