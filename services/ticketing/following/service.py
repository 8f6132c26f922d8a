"""What following a case shows, looked at again whenever it moved; whoever may see it no longer learns nothing more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.access import zone_of
from services.ticketing.domain.ticket_errors import NoSuchTicket
from services.ticketing.following import repository
from services.ticketing.tickets import lists, service
from services.ticketing.tickets.entries_shown import Line
from shared.auth import Principal
from shared.db.tx import Tx


@dataclass(frozen=True, slots=True)
class Look:
    """A case and its lines of history after a point; ``more`` when there are further ones already."""

    ticket: Row[Any]
    entries: Sequence[Line]
    more: bool


async def look(tx: Tx, who: Principal, ticket_id: UUID, after: UUID | None, limit: int) -> Look:
    """The case as it stands and what was added after an entry; owners see the public part.

    Raises:
        NoSuchTicket: unknown, outside the caller's reach, or of a dwelling that the caller has left meanwhile.
    """
    row = await service.find(tx, who, ticket_id)
    if who.is_resident and row.unit_id is not None:
        today = tx.now.astimezone(zone_of(row.timezone)).date()
        # A token lives on for a while after somebody moved out; what they see does not.
        if await repository.moved_out(tx, who.sub, row.unit_id, today):
            raise NoSuchTicket()
    found = await service.entries(tx, who, ticket_id, after, limit + 1)
    return Look(row, found[:limit], len(found) > limit)


Urges = Mapping[UUID, tuple[int, datetime]]


async def mine(
    tx: Tx, who: Principal, open: bool | None, updated_after: datetime | None, after: UUID | None, limit: int
) -> tuple[Sequence[Row[Any]], Urges]:
    """The cases of the caller's dwellings and those they reported, newest first, with how often each was urged."""
    rows = await lists.tickets_page(tx, who, lists.Wanted(open=open), updated_after, after, limit)
    return rows, await repository.urges_of(tx, [row.id for row in rows])
