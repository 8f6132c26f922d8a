"""The statements of pauses: marks that are added, and decided about once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, select, update

from services.ticketing.models import communities, ticket_pauses, tickets
from shared.db.helpers import insert_rows
from shared.db.tx import Tx
from shared.ids import uuid7

_C = ticket_pauses.c


async def marks_of(tx: Tx, ticket_id: UUID) -> Sequence[Row[Any]]:
    """What was told about pauses of a ticket, in the order of telling."""
    return await tx.rows(
        select(ticket_pauses).where(_C.org_id == tx.org_id, _C.ticket_id == ticket_id).order_by(_C.id)
    )


async def add_mark(tx: Tx, ticket_id: UUID, values: Mapping[str, Any]) -> UUID:
    """Append a mark (``at, until, cause, note, state, why_asked, late_reason``); its id."""
    mark_id = uuid7()
    stamps = {"id": mark_id, "version": 1, "created_at": tx.now, "updated_at": tx.now}
    row = {**stamps, "ticket_id": ticket_id, "told_by": tx.actor_id, **values}
    await insert_rows(tx, ticket_pauses, [row])
    return mark_id


async def decide(tx: Tx, mark: Row[Any], values: Mapping[str, Any]) -> None:
    """Write what a decision made of a mark that waited for it."""
    await tx.execute(
        update(ticket_pauses)
        .where(_C.org_id == tx.org_id, _C.id == mark.id)
        .values(**values, version=mark.version + 1, updated_at=tx.now)
    )


async def find(tx: Tx, mark_id: UUID) -> Row[Any] | None:
    """A mark with its ticket's place: ``community_id, unit_id, reporter_id, path, timezone``."""
    joined = ticket_pauses.join(
        tickets, and_(tickets.c.org_id == _C.org_id, tickets.c.id == _C.ticket_id)
    ).join(communities, and_(communities.c.org_id == _C.org_id, communities.c.id == tickets.c.community_id))
    place = (tickets.c.community_id, tickets.c.unit_id, communities.c.path, communities.c.timezone)
    return await tx.one_or_none(
        select(ticket_pauses, *place).select_from(joined).where(_C.org_id == tx.org_id, _C.id == mark_id)
    )
