"""The statements of talk: lines of history by what they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select

from services.ticketing.models import ticket_entries
from shared.db.tx import Tx

_C = ticket_entries.c


async def reply(tx: Tx, ticket_id: UUID, entry_id: UUID) -> Row[Any] | None:
    """A reply on a ticket."""
    return await tx.one_or_none(
        select(ticket_entries).where(
            _C.org_id == tx.org_id, _C.id == entry_id, _C.ticket_id == ticket_id, _C.action == "reply"
        )
    )


async def last(tx: Tx, ticket_id: UUID, action: str) -> tuple[int, Row[Any] | None]:
    """How many lines of an action a ticket has, and the newest."""
    of: Sequence[Any] = (_C.org_id == tx.org_id, _C.ticket_id == ticket_id, _C.action == action)
    times: int = await tx.scalar(select(func.count()).select_from(ticket_entries).where(*of))
    newest = await tx.one_or_none(select(ticket_entries).where(*of).order_by(_C.id.desc()).limit(1))
    return times, newest
