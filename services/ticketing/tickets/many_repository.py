"""The statements that read or lock many tickets at once, for timers that fall due together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Table, Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.ticketing.models import ticket_clocks, ticket_pauses, tickets
from services.ticketing.tickets.repository import WITH_PLACE
from shared.db.tx import Tx

_IDS = any_(bindparam("ids", type_=ARRAY(Uuid)))


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
