"""Statements of search: documents in, ids out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, cast, delete, select, tuple_, update
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR

from services.ticketing import access
from services.ticketing.models import (
    buildings,
    communities,
    people,
    search_documents,
    tickets,
    units,
)
from shared.auth import Principal
from shared.db.tx import Tx

d = search_documents.c

_UPSERT = f"""
INSERT INTO {search_documents.fullname}
       (org_id, id, seq, kind, community_id, number, words, personal, indexed_at)
VALUES ($1, $2, $3, $4, $5, $6, array_to_tsvector($7::text[]), array_to_tsvector($8::text[]), $9)
ON CONFLICT (org_id, id) DO UPDATE SET
       seq = excluded.seq, community_id = excluded.community_id, number = excluded.number,
       words = excluded.words, personal = excluded.personal, indexed_at = excluded.indexed_at
 WHERE search_documents.seq <= excluded.seq
"""

_HITS = "SELECT id, kind FROM ticketing.search_hits($1, $2, $3, $4, $5, $6)"


def _with_place(table: Any) -> Any:
    u, b = units.c, buildings.c
    joined = table.outerjoin(units, and_(u.org_id == table.c.org_id, u.id == table.c.unit_id))
    return joined.outerjoin(buildings, and_(b.org_id == u.org_id, b.id == u.building_id))


_TICKETS = select(
    *(tickets.c[name] for name in ("id", "version", "number", "community_id")),
    *(tickets.c[name] for name in ("summary", "detail", "plan_text", "result", "contact")),
    units.c.number.label("unit"),
    buildings.c.name.label("building"),
).select_from(_with_place(tickets))
_UNITS = select(
    *(units.c[name] for name in ("id", "version", "number", "community_id")),
    buildings.c.name.label("building"),
    communities.c.name.label("community"),
).select_from(
    units.outerjoin(
        buildings, and_(buildings.c.org_id == units.c.org_id, buildings.c.id == units.c.building_id)
    ).join(communities, and_(communities.c.org_id == units.c.org_id, communities.c.id == units.c.community_id))
)
_BUILDINGS = select(
    *(buildings.c[name] for name in ("id", "version", "community_id", "name")),
    communities.c.name.label("community"),
).select_from(
    buildings.join(
        communities, and_(communities.c.org_id == buildings.c.org_id, communities.c.id == buildings.c.community_id)
    )
)
_COMMUNITIES = select(*(communities.c[name] for name in ("id", "version", "name", "address")))
_PEOPLE = select(*(people.c[name] for name in ("id", "version", "name", "phone", "erased_at")))

SOURCES: Mapping[str, tuple[Any, Select[Any]]] = {
    "ticket": (tickets, _TICKETS),
    "unit": (units, _UNITS),
    "building": (buildings, _BUILDINGS),
    "community": (communities, _COMMUNITIES),
    "person": (people, _PEOPLE),
}
"""What a document of each kind is made of: the table whose id and version it carries, and what is read."""


async def read(tx: Tx, kind: str, ids: Collection[UUID]) -> Sequence[Row[Any]]:
    """The things of a kind as they are now."""
    table, query = SOURCES[kind]
    return await tx.rows(
        query.where(table.c.org_id == tx.org_id, table.c.id.in_(sorted(ids))).order_by(table.c.id)
    )


async def ids_after(tx: Tx, kind: str, after: UUID | None, limit: int) -> Sequence[UUID]:
    """The next ids of a kind in the order of making."""
    table, _ = SOURCES[kind]
    wanted = select(table.c.id).where(table.c.org_id == tx.org_id)
    if after is not None:
        wanted = wanted.where(table.c.id > after)
    return [row.id for row in await tx.rows(wanted.order_by(table.c.id).limit(limit))]


async def units_of(tx: Tx, column: str, ids: Collection[UUID], after: UUID | None, limit: int) -> Sequence[UUID]:
    """The next units of these buildings or communities (``column``)."""
    wanted = select(units.c.id).where(units.c.org_id == tx.org_id, units.c[column].in_(sorted(ids)))
    if after is not None:
        wanted = wanted.where(units.c.id > after)
    return [row.id for row in await tx.rows(wanted.order_by(units.c.id).limit(limit))]


async def store(tx: Tx, rows: Sequence[tuple[Any, ...]]) -> None:
    """Write documents; one that was made of an older version of its thing changes nothing."""
    if rows:
        await tx.raw.executemany(_UPSERT, [(tx.org_id, *row, tx.now) for row in rows])


async def drop(tx: Tx, ids: Collection[UUID]) -> None:
    """Forget things that are no more."""
    if ids:
        await tx.execute(delete(search_documents).where(d.org_id == tx.org_id, d.id.in_(sorted(ids))))


async def kept(tx: Tx, ids: Collection[UUID]) -> list[dict[str, Any]]:
    """Which of these things are found by words about a person."""
    wanted = select(d.id, d.kind, d.indexed_at).where(
        d.org_id == tx.org_id, d.id.in_(sorted(ids)), d.personal != cast("", TSVECTOR)
    )
    return [dict(row._mapping) for row in await tx.rows(wanted.order_by(d.id))]


async def forget(tx: Tx, ids: Collection[UUID], *, wholly: bool) -> None:
    """Take what is personal out of documents, or all of it, at once and not when the feed says so."""
    if not ids:
        return
    nothing = cast("", TSVECTOR)
    values: dict[str, Any] = {"personal": nothing, "indexed_at": tx.now}
    if wholly:
        values |= {"words": nothing, "number": None}
    await tx.execute(
        update(search_documents).where(d.org_id == tx.org_id, d.id.in_(sorted(ids))).values(**values)
    )


async def hits(
    tx: Tx,
    *,
    words: str | None,
    personal: str | None,
    kinds: Sequence[str],
    communities: Sequence[UUID] | None,
    below: UUID | None,
    most: int,
) -> list[tuple[UUID, str]]:
    """Ids and kinds of what has these words, the newest first; who may see them is not asked here."""
    if words is None and personal is None:
        return []
    rows = await tx.raw.fetch(
        _HITS, words, personal, list(kinds), None if communities is None else list(communities), below, most
    )
    return [(r["id"], r["kind"]) for r in rows]


async def numbered(
    tx: Tx, number: str, kinds: Sequence[str], *, exact: bool, below: tuple[str, UUID] | None, most: int
) -> Sequence[Row[Any]]:
    """Documents of this number, or whose number begins with it; the last number first, which is the newest ticket."""
    wanted = select(d.id, d.kind, d.number).where(d.org_id == tx.org_id, d.kind.in_(list(kinds)))
    if exact:
        wanted = wanted.where(d.number == number)
    else:
        wanted = wanted.where(d.number > number, d.number < number + "\u007f")
    if below is not None:
        wanted = wanted.where(tuple_(d.number, d.id) < tuple_(*below))
    return await tx.rows(wanted.order_by(d.number.desc(), d.id.desc()).limit(most))


async def own_hits(tx: Tx, words: str, ids: Collection[UUID]) -> set[UUID]:
    """Of these few documents, those that have the words."""
    if not ids:
        return set()
    rows = await tx.rows(
        select(d.id).where(
            d.org_id == tx.org_id, d.id.in_(sorted(ids)), d.words.op("@@")(cast(words, TSQUERY))
        )
    )
    return {row.id for row in rows}


async def own_tickets(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], below: UUID | None, most: int
) -> Sequence[UUID]:
    """The newest tickets that fulfil the conditions."""
    wanted = select(tickets.c.id).where(tickets.c.org_id == tx.org_id, *conditions)
    if below is not None:
        wanted = wanted.where(tickets.c.id < below)
    return [row.id for row in await tx.rows(wanted.order_by(tickets.c.id.desc()).limit(most))]


async def communities_under(tx: Tx, who: Principal) -> Sequence[UUID]:
    """The communities under the caller's org units."""
    rows = await tx.rows(
        select(communities.c.id).where(
            communities.c.org_id == tx.org_id, access.under_units(who, communities.c.path)
        )
    )
    return [row.id for row in rows]
