"""The statements of applications to change the organisation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, select, update

from services.ticketing import access
from services.ticketing.models import org_changes, org_units
from shared.auth import Principal
from shared.db.helpers import insert_rows
from shared.db.tx import Tx

o, u = org_changes.c, org_units.c


def reach(tx: Tx, who: Principal) -> list[ColumnElement[bool]]:
    """Applications of org units within the caller's reach."""
    if access.sees_everything(tx, who):
        return []
    below = select(u.id).where(u.org_id == tx.org_id, access.under_units(who, u.path))
    return [o.org_unit_id.in_(below)]


async def add(tx: Tx, row: Mapping[str, Any]) -> None:
    """Store an application."""
    await insert_rows(tx, org_changes, [{"version": 1, "created_at": tx.now, "updated_at": tx.now, **row}])


async def one(
    tx: Tx, id: UUID, conditions: Sequence[ColumnElement[bool]] = (), *, lock: bool = False
) -> Row[Any] | None:
    """An application, if it fulfils the conditions of the caller's reach."""
    wanted = select(org_changes).where(o.org_id == tx.org_id, o.id == id, *conditions)
    return await tx.one_or_none(wanted.with_for_update() if lock else wanted)


async def change(tx: Tx, row: Row[Any], values: Mapping[str, Any]) -> None:
    """Write new values and the next version of a locked application."""
    await tx.execute(
        update(org_changes)
        .where(o.org_id == tx.org_id, o.id == row.id)
        .values(**values, version=row.version + 1, updated_at=tx.now)
    )


async def page(tx: Tx, conditions: Sequence[ColumnElement[bool]], after: UUID | None, limit: int) -> Sequence[Row[Any]]:
    """Applications, the newest first."""
    wanted = select(org_changes).where(o.org_id == tx.org_id, *conditions)
    if after is not None:
        wanted = wanted.where(o.id < after)
    return await tx.rows(wanted.order_by(o.id.desc()).limit(limit))
