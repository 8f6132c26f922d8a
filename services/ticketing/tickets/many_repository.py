"""The statements that are asked most: one ticket as people read it, and many at once, for lists and for timers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, Table, Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.ticketing.models import communities, ticket_clocks, ticket_pauses, tickets
from services.ticketing.statements import columns
from services.ticketing.tickets.repository import WITH_PLACE
from shared.db.tx import Tx

#: The columns of :func:`read`.
READ: Final = (*columns(tickets), "path")
_READ = f"""
SELECT {", ".join(f"t.{name}" for name in columns(tickets))}, c.path
  FROM {tickets.fullname} t JOIN {communities.fullname} c ON c.org_id = t.org_id AND c.id = t.community_id
 WHERE t.org_id = $1 AND t.id = $2
"""
_SHORT_CLOCKS = f"""
SELECT ticket_id, clock, subject_id, from_at, due_at, met_at, breached_at, warned, state
  FROM {ticket_clocks.fullname} WHERE org_id = $1 AND ticket_id = ANY($2::uuid[]) ORDER BY id
"""
_IDS = any_(bindparam("ids", type_=ARRAY(Uuid)))


async def read(tx: Tx, ticket_id: UUID) -> Any:
    """A ticket with its community's ``path``, in the columns :data:`READ`, or None; JSON as text."""
    return await tx.raw.fetchrow(_READ, tx.org_id, ticket_id)


async def lock_free(tx: Tx, ticket_ids: Sequence[UUID]) -> Sequence[Row[Any]]:
    """Those of these tickets that nobody else is changing, with their place, locked in the order of their ids."""
    return await tx.rows(
        WITH_PLACE.where(tickets.c.org_id == tx.org_id, tickets.c.id == _IDS)
        .order_by(tickets.c.id)
        .with_for_update(of=tickets, skip_locked=True),
        {"ids": list(ticket_ids)},
    )


async def clocks_of(tx: Tx, ticket_ids: Sequence[UUID]) -> dict[UUID, list[Row[Any]]]:
    """All clocks of these tickets, each ticket's in the order in which they started."""
    return await _by_ticket(tx, ticket_clocks, ticket_ids)


async def short_clocks_of(tx: Tx, ticket_ids: Sequence[UUID]) -> dict[UUID, list[Any]]:
    """What a list shows of the clocks of these tickets, each ticket's in the order in which they started."""
    found: dict[UUID, list[Any]] = {}
    for row in await tx.raw.fetch(_SHORT_CLOCKS, tx.org_id, ticket_ids):
        found.setdefault(row["ticket_id"], []).append(row)
    return found


async def marks_of(tx: Tx, ticket_ids: Sequence[UUID]) -> dict[UUID, list[Row[Any]]]:
    """What was told about pauses of these tickets, in the order of telling; those without any are absent."""
    return await _by_ticket(tx, ticket_pauses, ticket_ids)


async def _by_ticket(tx: Tx, table: Table, ticket_ids: Sequence[UUID]) -> dict[UUID, list[Row[Any]]]:
    c = table.c
    rows = await tx.rows(
        select(table).where(c.org_id == tx.org_id, c.ticket_id == _IDS).order_by(c.id), {"ids": list(ticket_ids)}
    )
    found: dict[UUID, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.ticket_id, []).append(row)
    return found
