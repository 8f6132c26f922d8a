"""Statements that all registers of kpi share: one row within reach, a page of rows, a change under the version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Table, and_, select, update

from services.kpi import access
from services.kpi.models import ref_communities
from shared.auth import Principal
from shared.db.helpers import insert_rows
from shared.db.tx import Tx
from shared.errors import LostUpdate
from shared.ids import uuid7


async def add(tx: Tx, table: Table, values: Mapping[str, Any]) -> UUID:
    """Store a new row of an entity table under an id of its own."""
    id_ = uuid7()
    head = {"id": id_, "version": 1, "created_at": tx.now, "updated_at": tx.now}
    await insert_rows(tx, table, [{**head, **values}])
    return id_


async def get(tx: Tx, who: Principal | None, table: Table, id_: UUID, *, lock: bool = False) -> Row[Any] | None:
    """A row with its community's path and zone, if the caller (None: the clock) may see it; locked for a change."""
    c, r = table.c, ref_communities.c
    query = (
        select(table, r.path, r.timezone)
        .join(ref_communities, and_(r.org_id == c.org_id, r.id == c.community_id))
        .where(c.org_id == tx.org_id, c.id == id_)
    )
    row = await tx.one_or_none(query.with_for_update(of=table) if lock else query)
    return None if row is None or (who is not None and not who.sees(row.path)) else row


async def page(
    tx: Tx,
    who: Principal,
    table: Table,
    filters: Mapping[str, Any],
    after: UUID | None,
    limit: int,
    *more: ColumnElement[bool],
) -> Sequence[Row[Any]]:
    """Rows within reach, the oldest first; a filter of None is none."""
    c = table.c
    query = select(table).where(c.org_id == tx.org_id, *access.within_reach(tx, who, c.community_id), *more)
    for name, value in filters.items():
        if value is not None:
            query = query.where(c[name] == value)
    if after is not None:
        query = query.where(c.id > after)
    return await tx.rows(query.order_by(c.id).limit(limit))


async def change(tx: Tx, table: Table, row: Row[Any], values: Mapping[str, Any]) -> int:
    """Write a change of a locked row; the version it has then."""
    c = table.c
    version: int = row.version + 1
    await tx.execute(
        update(table).where(c.org_id == tx.org_id, c.id == row.id).values(**values, version=version, updated_at=tx.now)
    )
    return version


def demand(row: Row[Any], version: int | None) -> None:
    """Refuse a change that was based on another version. Raises LostUpdate."""
    if version is not None and version != row.version:
        raise LostUpdate()
