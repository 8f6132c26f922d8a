"""The statements of following: whether somebody still belongs to a dwelling, and how often cases were urged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, func, or_, select

from services.ticketing.models import relations, ticket_entries
from shared.db.tx import Tx


async def moved_out(tx: Tx, person_id: UUID, unit_id: UUID, day: date) -> bool:
    """Whether the register knows a relation of a person to a unit and none of them holds on that day.

    Without any on the register the token itself is the relation: it names the unit.
    """
    c = relations.c
    present = and_(c.since <= day, or_(c.until.is_(None), c.until >= day))
    row = await tx.one_or_none(
        select(func.count().label("known"), func.count().filter(present).label("present")).where(
            c.org_id == tx.org_id, c.unit_id == unit_id, c.person_id == person_id
        )
    )
    return row is not None and row.known > 0 and row.present == 0


async def urges_of(tx: Tx, ticket_ids: Sequence[UUID]) -> dict[UUID, tuple[int, datetime]]:
    """How often and when last each of these tickets was urged; those that never were are left out."""
    if not ticket_ids:
        return {}
    c = ticket_entries.c
    rows: Sequence[Row[Any]] = await tx.rows(
        select(c.ticket_id, func.count().label("times"), func.max(c.recorded_at).label("last"))
        .where(c.org_id == tx.org_id, c.ticket_id.in_(list(ticket_ids)), c.action == "urge")
        .group_by(c.ticket_id)
    )
    return {row.ticket_id: (row.times, row.last) for row in rows}
