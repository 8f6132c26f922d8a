"""The statements of promises to call back. Open ones are one per exchange and number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from services.ticketing.models import call_returns
from shared.db.tx import Tx

_C = call_returns.c


async def insert(tx: Tx, row: Mapping[str, Any]) -> bool:
    """Make a new promise; whether there was no open one of this number."""
    made = await tx.execute(
        pg_insert(call_returns)
        .values(org_id=tx.org_id, version=1, created_at=tx.now, updated_at=tx.now, state="due", calls=1, **row)
        .on_conflict_do_nothing(
            index_elements=["org_id", "source", "number"], index_where=text("state = 'due'")
        )
    )
    return made.rowcount == 1


async def open_of(tx: Tx, source: str, number: str) -> Row[Any] | None:
    """The open promise to a number, locked until the commit."""
    return await tx.one_or_none(
        select(call_returns)
        .where(_C.org_id == tx.org_id, _C.source == source, _C.number == number, _C.state == "due")
        .with_for_update()
    )


async def one(
    tx: Tx, id: UUID, conditions: Sequence[ColumnElement[bool]] = (), *, lock: bool = False
) -> Row[Any] | None:
    """A promise by id, if it fulfils the conditions of the caller's reach."""
    found = select(call_returns).where(_C.org_id == tx.org_id, _C.id == id, *conditions)
    return await tx.one_or_none(found.with_for_update() if lock else found)


async def change(tx: Tx, row: Row[Any], values: Mapping[str, Any]) -> int:
    """Write new values of a locked promise; its new version."""
    version: int = row.version + 1
    await tx.execute(
        update(call_returns)
        .where(_C.org_id == tx.org_id, _C.id == row.id)
        .values(**values, version=version, updated_at=tx.now)
    )
    return version


async def page(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], *, after: tuple[Any, UUID] | None, limit: int
) -> Sequence[Row[Any]]:
    """Promises in the order in which they are due."""
    wanted = select(call_returns).where(_C.org_id == tx.org_id, *conditions)
    if after is not None:
        due_at, last = after
        wanted = wanted.where(or_(_C.due_at > due_at, and_(_C.due_at == due_at, _C.id > last)))
    return await tx.rows(wanted.order_by(_C.due_at, _C.id).limit(limit))


async def forget(tx: Tx, person_id: UUID) -> Sequence[UUID]:
    """Take an erased person's number away; nobody can call it back, so open promises are withdrawn. Their ids."""
    mine = (_C.org_id == tx.org_id, _C.person_id == person_id)
    gone = await tx.rows(
        update(call_returns)
        .where(*mine, _C.state == "due")
        .values(state="withdrawn", closed_at=tx.now, version=_C.version + 1, updated_at=tx.now)
        .returning(_C.id)
    )
    await tx.execute(update(call_returns).where(*mine).values(number=None))
    return [row.id for row in gone]


async def of_person(tx: Tx, person_id: UUID) -> Sequence[Row[Any]]:
    """Promises to call somebody back, oldest first."""
    r = call_returns.c
    return await tx.rows(select(call_returns).where(r.org_id == tx.org_id, r.person_id == person_id).order_by(r.id))
