"""Set-based writes that every repository needs: many rows in, many rows merged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, Uuid, any_, bindparam, insert, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as pg_insert

from shared.db.tx import Tx


def among(column: ColumnElement[Any], ids: Iterable[UUID]) -> ColumnElement[bool]:
    """One of these ids, bound as one array: a parameter for each costs more than the rows, from some hundred on."""
    return column == any_(literal(list(ids), ARRAY(Uuid)))


def spelled(column: ColumnElement[Any], values: Iterable[str]) -> ColumnElement[bool]:
    """One of these words, written into the statement: no plan for all parameters uses a partial index otherwise."""
    return column.in_(bindparam(None, list(values), expanding=True, literal_execute=True))


def column(values: Iterable[object]) -> str:
    """A column of a set-based statement as one text, for ``string_to_array($n, ',')``.

    Of an array the driver looks at each item, which costs a third of the work. No value may hold a comma; ``None``
    becomes an empty text, which ``string_to_array($n, ',', '')`` reads as NULL.
    """
    return ",".join(["" if value is None else str(value) for value in values])


async def insert_rows(tx: Tx, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows (all with the same keys); ``org_id`` is filled in. Pipelined by the driver."""
    if rows:
        await tx.execute(insert(table), [{"org_id": tx.org_id, **r} for r in rows])


async def upsert_rows(
    tx: Tx,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    keys: Sequence[str] = ("org_id", "id"),
    update: Iterable[str],
    newer: str | None = None,
) -> None:
    """Insert rows, or update the ``update`` columns of those that are there by ``keys``.

    ``newer`` names a column (``seq``): a row that is not newer than the stored one changes nothing, so that an event
    seen twice or late is harmless. Two rows of the same key in one call: give only the last.
    """
    if not rows:
        return
    statement = pg_insert(table)
    where = None if newer is None else table.c[newer] < statement.excluded[newer]
    merged = statement.on_conflict_do_update(
        index_elements=list(keys), set_={c: statement.excluded[c] for c in update}, where=where
    )
    await tx.execute(merged, [{"org_id": tx.org_id, **r} for r in rows])
