"""Statements that every table of the register needs: pages, references, and rows stored by their external ids."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Table, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from services.ticketing.register.schemas import KnownAs
from shared.db.tx import Tx
from shared.http.paging import PageQuery


async def page(
    tx: Tx, table: Table, conditions: Sequence[ColumnElement[bool]], page: PageQuery, known_as: KnownAs
) -> Sequence[Row[Any]]:
    """One row more than a page, in the order of making: a row that comes while somebody pages stands at the end."""
    c = table.c
    wanted = select(table).where(c.org_id == tx.org_id, *conditions)
    if known_as.source is not None:
        wanted = wanted.where(c.source == known_as.source)
    if known_as.external_id is not None:
        wanted = wanted.where(c.external_id == known_as.external_id)
    return await tx.rows(paged(wanted, table, page))


def paged(wanted: Select[Any], table: Table, page: PageQuery) -> Select[Any]:
    """A query continued after the page's cursor, cut at one row more than the page."""
    if page.updated_after is not None:
        wanted = wanted.where(table.c.updated_at >= page.updated_after)
    if page.after is not None:
        wanted = wanted.where(table.c.id > page.after.uuid())
    return wanted.order_by(table.c.id).limit(page.limit + 1)


async def one(tx: Tx, table: Table, id: UUID, conditions: Sequence[ColumnElement[bool]]) -> Row[Any] | None:
    """One row by id, if it fulfils the conditions of the caller's reach."""
    return await tx.one_or_none(select(table).where(table.c.org_id == tx.org_id, table.c.id == id, *conditions))


async def by_references(tx: Tx, table: Table, source: str, references: Collection[str]) -> dict[str, Row[Any]]:
    """Rows by what a bulk row calls them: external ids of the source first, then our ids; unknown ones are left out."""
    if not references:
        return {}
    c = table.c
    rows = await tx.rows(
        select(table).where(c.org_id == tx.org_id, c.source == source, c.external_id.in_(sorted(references)))
    )
    found: dict[str, Row[Any]] = {row.external_id: row for row in rows}
    ids = {text: id for text in references if text not in found and (id := _uuid(text)) is not None}
    if ids:
        rows = await tx.rows(select(table).where(c.org_id == tx.org_id, c.id.in_(sorted(set(ids.values())))))
        by_id = {row.id: row for row in rows}
        found.update({text: by_id[id] for text, id in ids.items() if id in by_id})
    return found


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


async def locked(tx: Tx, table: Table, source: str, external_ids: Collection[str]) -> dict[str, Row[Any]]:
    """Rows of a source, locked in one order: two imports of the same rows wait for each other and never cross."""
    if not external_ids:
        return {}
    c = table.c
    rows = await tx.rows(
        select(table)
        .where(c.org_id == tx.org_id, c.source == source, c.external_id.in_(sorted(external_ids)))
        .order_by(c.external_id)
        .with_for_update(key_share=True)
    )
    return {row.external_id: row for row in rows}


async def insert_new(tx: Tx, table: Table, rows: Sequence[Mapping[str, Any]]) -> set[str]:
    """Insert rows in one statement; those that somebody else has just inserted are left out of the answer."""
    ordered = sorted(rows, key=lambda row: str(row["external_id"]))
    result = await tx.execute(
        pg_insert(table)
        .on_conflict_do_nothing(index_elements=["org_id", "source", "external_id"])
        .returning(table.c.external_id),
        [{"org_id": tx.org_id, **row} for row in ordered],
    )
    return set(result.scalars())


async def update_rows(tx: Tx, table: Table, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write changed rows, each with its ``id``, next ``version`` and the given columns; pipelined by the driver."""
    if not rows:
        return
    written = [*columns, "version", "updated_at"]
    statement = (
        update(table)
        .where(table.c.org_id == bindparam("b_org"), table.c.id == bindparam("b_id"))
        .values({name: bindparam(f"v_{name}", type_=table.c[name].type) for name in written})
    )
    await tx.execute(
        statement,
        [{"b_org": tx.org_id, "b_id": row["id"], **{f"v_{name}": row[name] for name in written}} for row in rows],
    )
