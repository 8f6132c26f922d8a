"""Statements on duplicates: what lies near a case, and which cases were merged."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, Select, select, update

from services.ticketing.domain.clocks import Clock
from services.ticketing.models import ticket_clocks, tickets
from services.ticketing.tickets.repository import clock_of
from shared.db.tx import Tx

#: The newest cases of a community that are compared with one.
NEAR: Final = 500

t = tickets.c


def near_statement(org_id: UUID, row: Any, since: datetime, until: datetime) -> Select[Any]:
    """Other cases of the kind and community received in a span, the last recorded first."""
    return (
        select(tickets)
        .where(
            t.org_id == org_id,
            t.community_id == row.community_id,
            t.kind == row.kind,
            t.received_at >= since,
            t.received_at <= until,
            t.id != row.id,
            t.merged_into.is_(None),
        )
        .order_by(t.id.desc())
        .limit(NEAR)
    )


async def near(tx: Tx, row: Row[Any], since: datetime, until: datetime) -> Sequence[Row[Any]]:
    """See :func:`near_statement`."""
    return await tx.rows(near_statement(tx.org_id, row, since, until))


async def merged(tx: Tx, ticket_id: UUID) -> Sequence[Row[Any]]:
    """The cases merged into one, in the order of their recording."""
    return await tx.rows(
        select(tickets).where(t.org_id == tx.org_id, t.merged_into == ticket_id).order_by(t.id)
    )


async def with_duplicates(tx: Tx, ids: Collection[UUID]) -> set[UUID]:
    """Of these cases, those that others were merged into."""
    rows = await tx.rows(
        select(t.merged_into).where(t.org_id == tx.org_id, t.merged_into.in_(sorted(ids))).distinct()
    )
    return {row.merged_into for row in rows}


async def own_clocks(tx: Tx, ids: Collection[UUID]) -> dict[UUID, dict[str, Clock]]:
    """The clocks of these cases themselves, by case and code."""
    c = ticket_clocks.c
    found: dict[UUID, dict[str, Clock]] = {}
    rows = await tx.rows(
        select(ticket_clocks).where(
            c.org_id == tx.org_id, c.ticket_id.in_(sorted(ids)), c.subject_id == c.ticket_id
        )
    )
    for row in rows:
        found.setdefault(row.ticket_id, {})[row.clock] = clock_of(row)
    return found


async def set_merged(tx: Tx, ticket_id: UUID, into: UUID) -> None:
    """Name the case that a locked one goes on in."""
    await tx.execute(
        update(tickets).where(t.org_id == tx.org_id, t.id == ticket_id).values(merged_into=into)
    )
