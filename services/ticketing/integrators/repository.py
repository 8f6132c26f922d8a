"""Statements on connected systems."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, select, update

from services.ticketing import access
from services.ticketing.models import integrators, org_units
from services.ticketing.register.repository import paged
from shared.auth import Principal
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


def _reach(tx: Tx, who: Principal) -> list[ColumnElement[bool]]:
    """Conditions on systems: all that a system sees is within the caller's own reach.

    Whoever renews a secret holds it, so a system of the whole organisation is not for the administrator of a part.
    """
    if access.sees_everything(tx, who):
        return []
    within = select(func.array_agg(org_units.c.id)).where(
        org_units.c.org_id == tx.org_id, access.under_units(who, org_units.c.path)
    )
    return [integrators.c.units.contained_by(within.scalar_subquery())]


async def one(tx: Tx, who: Principal, id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """One by its id, within the caller's reach."""
    found = select(integrators).where(
        integrators.c.org_id == tx.org_id, integrators.c.id == id, *_reach(tx, who)
    )
    return await tx.one_or_none(found.with_for_update() if lock else found)


async def page(tx: Tx, who: Principal, page: PageQuery) -> Sequence[Row[Any]]:
    """One row more than a page of those within the caller's reach, in the order of making."""
    wanted = select(integrators).where(integrators.c.org_id == tx.org_id, *_reach(tx, who))
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
