"""The statements of the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, select, update
from sqlalchemy.dialects.postgresql import insert

from services.ticketing import access
from services.ticketing.models import store_items, store_movements
from services.ticketing.register.repository import paged
from shared.auth import Principal
from shared.db.helpers import insert_rows
from shared.db.tx import Tx
from shared.http.paging import PageQuery
from shared.ids import uuid7

i, m = store_items.c, store_movements.c


def reach(tx: Tx, who: Principal) -> list[ColumnElement[bool]]:
    """Items of communities within the caller's reach."""
    return access.within_reach(tx, who, community_column=i.community_id)


async def add(tx: Tx, values: Mapping[str, Any]) -> UUID | None:
    """Store a new item; None where the community has one of this code."""
    id = uuid7()
    row = {"org_id": tx.org_id, "id": id, "version": 1, "created_at": tx.now, "updated_at": tx.now, **values}
    wanted = insert(store_items).values(row).on_conflict_do_nothing().returning(i.id)
    found: UUID | None = await tx.scalar(wanted)
    return found


async def one(tx: Tx, id: UUID, conditions: Sequence[ColumnElement[bool]], *, lock: bool = False) -> Row[Any] | None:
    """An item, if it fulfils the conditions of the caller's reach; ``lock`` lets movements come one after the other."""
    wanted = select(store_items).where(i.org_id == tx.org_id, i.id == id, *conditions)
    return await tx.one_or_none(wanted.with_for_update() if lock else wanted)


async def change(tx: Tx, row: Row[Any], values: Mapping[str, Any]) -> None:
    """Write new values and the next version of a locked item."""
    await tx.execute(
        update(store_items)
        .where(i.org_id == tx.org_id, i.id == row.id)
        .values(**values, version=row.version + 1, updated_at=tx.now)
    )


async def page(tx: Tx, conditions: Sequence[ColumnElement[bool]], page: PageQuery) -> Sequence[Row[Any]]:
    """Items in the order of their making."""
    return await tx.rows(paged(select(store_items).where(i.org_id == tx.org_id, *conditions), store_items, page))


async def add_movement(tx: Tx, values: Mapping[str, Any]) -> Row[Any]:
    """Append a movement."""
    id = uuid7()
    await insert_rows(tx, store_movements, [{"id": id, **values}])
    row = await tx.one_or_none(select(store_movements).where(m.org_id == tx.org_id, m.id == id))
    assert row is not None  # just stored
    return row


async def movements(tx: Tx, item_id: UUID, after: UUID | None, limit: int) -> Sequence[Row[Any]]:
    """The movements of an item, the newest first."""
    wanted = select(store_movements).where(m.org_id == tx.org_id, m.item_id == item_id)
    if after is not None:
        wanted = wanted.where(m.id < after)
    return await tx.rows(wanted.order_by(m.id.desc()).limit(limit))
