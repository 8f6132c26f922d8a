"""One page of a timeline out of all its sources, in one statement."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, literal, select, tuple_, union_all

from services.ticketing.models import communities, relations
from services.ticketing.timeline.sources import SOURCES, Scope
from shared.db.tx import Tx


def page_statement(
    scope: Scope, kinds: Collection[str], after: tuple[datetime, UUID] | None, limit: int
) -> Select[Any]:
    """The newest lines below the cursor; each source gives a page at most, so that none is read whole."""
    parts = []
    for kind in sorted(kinds):
        lines = SOURCES[kind][0](scope).subquery(kind)
        part = select(literal(kind).label("kind"), lines)
        if after is not None:
            part = part.where(tuple_(lines.c.at, lines.c.id) < tuple_(*after))
        newest = part.order_by(lines.c.at.desc(), lines.c.id.desc()).limit(limit).subquery(f"newest_{kind}")
        parts.append(select(newest))
    every = union_all(*parts).subquery("lines")
    return select(every).order_by(every.c.at.desc(), every.c.id.desc()).limit(limit)


async def page(
    tx: Tx, scope: Scope, kinds: Collection[str], after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Row[Any]]:
    """See :func:`page_statement`."""
    return await tx.rows(page_statement(scope, kinds, after, limit))


async def homes(tx: Tx, person_id: UUID, conditions: Sequence[ColumnElement[bool]]) -> Sequence[Row[Any]]:
    """The units that a person has or had a relation to, with their communities' zones."""
    r = relations.c
    return await tx.rows(
        select(r.unit_id, r.community_id, communities.c.timezone)
        .select_from(
            relations.join(
                communities, (communities.c.org_id == r.org_id) & (communities.c.id == r.community_id)
            )
        )
        .where(r.org_id == tx.org_id, r.person_id == person_id, *conditions)
        .distinct()
    )
