"""One ticket as people read it: the question that is asked most, in one statement."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from services.ticketing.domain.ticket_errors import NoSuchTicket
from services.ticketing.residents import reaches, residence
from services.ticketing.tickets import many_repository
from shared.auth import Principal
from shared.db.tx import Tx

COLUMNS = many_repository.READ
"""The columns of :func:`read` in their order."""


async def is_theirs(
    tx: Tx, who: Principal, reporter_id: UUID | None, unit_id: UUID | None, received_at: datetime
) -> bool:
    """Whether a resident reaches a ticket: as its reporter, or because it fell into their time in the unit."""
    # row: D-075 what a household reported is its own: whoever comes later does not read it
    return reporter_id == who.sub or reaches(await residence(tx, who), unit_id, received_at)


async def read(tx: Tx, who: Principal, ticket_id: UUID) -> Any:
    """One ticket within the caller's reach, in the order of :data:`COLUMNS`. Raises NoSuchTicket."""
    row = await many_repository.read(tx, ticket_id)
    if row is None:
        raise NoSuchTicket()
    if who.is_resident:
        seen = await is_theirs(tx, who, row["reporter_id"], row["unit_id"], row["received_at"])
    else:
        seen = who.sees(row["path"])
    if not seen:
        raise NoSuchTicket()
    return row
