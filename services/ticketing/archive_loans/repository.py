"""The statements of loans of owner files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, select, update

from services.ticketing import access
from services.ticketing.models import archive_loans
from services.ticketing.register.repository import paged
from shared.auth import Principal
from shared.db.helpers import insert_rows
from shared.db.tx import Tx
from shared.http.paging import PageQuery
from shared.ids import uuid7

c = archive_loans.c


def reach(tx: Tx, who: Principal) -> list[ColumnElement[bool]]:
    """Loans of communities within the caller's reach."""
    return access.within_reach(tx, who, community_column=c.community_id)


async def add(tx: Tx, values: Mapping[str, Any]) -> UUID:
    """Store a new one."""
    id = uuid7()
    stamp = {"id": id, "version": 1, "created_at": tx.now, "updated_at": tx.now}
    await insert_rows(tx, archive_loans, [{**stamp, **values}])
    return id


async def one(tx: Tx, id: UUID, conditions: Sequence[ColumnElement[bool]], *, lock: bool = False) -> Row[Any] | None:
    """One, if it fulfils the conditions of the caller's reach; ``lock`` lets steps come one after the other."""
    wanted = select(archive_loans).where(c.org_id == tx.org_id, c.id == id, *conditions)
    return await tx.one_or_none(wanted.with_for_update() if lock else wanted)


async def out_of(tx: Tx, file_id: UUID) -> Row[Any] | None:
    """The loan by which a file is out now."""
    wanted = select(archive_loans).where(c.org_id == tx.org_id, c.file_id == file_id, c.state == "out")
    return await tx.one_or_none(wanted.limit(1))


async def change(tx: Tx, row: Row[Any], values: Mapping[str, Any]) -> None:
    """Write new values and the next version of a locked one."""
    await tx.execute(
        update(archive_loans)
        .where(c.org_id == tx.org_id, c.id == row.id)
        .values(**values, version=row.version + 1, updated_at=tx.now)
    )


async def page(tx: Tx, conditions: Sequence[ColumnElement[bool]], page: PageQuery) -> Sequence[Row[Any]]:
    """Those that fulfil the conditions, in the order of their making."""
    return await tx.rows(paged(select(archive_loans).where(c.org_id == tx.org_id, *conditions), archive_loans, page))
