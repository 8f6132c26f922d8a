"""Statements that change whose a row is, for tables of every slice."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Table, Update, select, update

from services.billing.models import bills, ref_relations
from shared.db.tx import Tx


async def rename(tx: Tx, table: Table, column: str, loser: UUID, survivor: UUID) -> None:
    """The rows of a table that name one person name another from now on."""
    await tx.execute(renaming(tx, table, column, loser, survivor))


def renaming(tx: Tx, table: Table, column: str, loser: UUID, survivor: UUID) -> Update:
    """The statement of :func:`rename`; it must find its rows by an index, for these tables hold all there ever was."""
    c = table.c
    values = {column: survivor}
    stamp = {"version": c.version + 1, "updated_at": tx.now} if "version" in c else {}
    return (
        update(table)
        .where(c.org_id == tx.org_id, c[column] == loser, *_narrowed(tx, table, [loser, survivor]))
        .values(**values, **stamp)
    )


def _narrowed(tx: Tx, table: Table, ids: Sequence[UUID]) -> list[ColumnElement[bool]]:
    """Bills, the most there is of anything, name whoever belonged to the unit, so they are found by it."""
    if table is not bills:
        return []
    r = ref_relations.c
    homes = select(r.unit_id).where(r.org_id == tx.org_id, r.person_id.in_(ids))
    return [bills.c.unit_id.in_(homes)]
