"""The statements of follow-up calls. The ticket's row is locked first by whoever changes one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, insert, or_, select, update

from services.ticketing.models import communities, revisit_attempts, revisits, tickets
from shared.db.tx import Tx
from shared.ids import uuid7

_WITH_TICKET = (
    select(
        revisits,
        tickets.c.number,
        tickets.c.reporter_id,
        tickets.c.handler_id,
        communities.c.path,
        communities.c.timezone,
    )
    .select_from(
        revisits.join(tickets, and_(tickets.c.org_id == revisits.c.org_id, tickets.c.id == revisits.c.ticket_id)).join(
            communities,
            and_(communities.c.org_id == revisits.c.org_id, communities.c.id == revisits.c.community_id),
        )
    )
)  # fmt: skip


async def insert_due(tx: Tx, row: Mapping[str, Any]) -> None:
    """Store a call that has fallen due."""
    await tx.execute(
        insert(revisits).values(
            org_id=tx.org_id,
            version=1,
            created_at=tx.now,
            updated_at=tx.now,
            state="due",
            attempts=0,
            **row,
        )
    )


async def find(tx: Tx, revisit_id: UUID) -> Row[Any] | None:
    """A call with its ticket's number, reporter and handler, and its community's ``path`` and ``timezone``."""
    return await tx.one_or_none(
        _WITH_TICKET.where(revisits.c.org_id == tx.org_id, revisits.c.id == revisit_id)
    )


async def due_of_ticket(tx: Tx, ticket_id: UUID) -> Sequence[Row[Any]]:
    """Calls of a ticket that are still due."""
    return await tx.rows(
        select(revisits).where(
            revisits.c.org_id == tx.org_id, revisits.c.ticket_id == ticket_id, revisits.c.state == "due"
        )
    )


async def update_revisit(tx: Tx, revisit_id: UUID, version: int, values: Mapping[str, Any]) -> None:
    """Write changed columns and the new version."""
    await tx.execute(
        update(revisits)
        .where(revisits.c.org_id == tx.org_id, revisits.c.id == revisit_id)
        .values(**values, version=version, updated_at=tx.now)
    )


async def attempts_of(tx: Tx, revisit_id: UUID) -> Sequence[Row[Any]]:
    """All attempts of a call in the order of recording."""
    return await tx.rows(
        select(revisit_attempts)
        .where(revisit_attempts.c.org_id == tx.org_id, revisit_attempts.c.revisit_id == revisit_id)
        .order_by(revisit_attempts.c.id)
    )


async def add_attempt(tx: Tx, row: Mapping[str, Any]) -> None:
    """Append an attempt; its record never changes (C-049)."""
    await tx.execute(
        insert(revisit_attempts).values(
            org_id=tx.org_id, id=uuid7(), caller_id=tx.actor_id, recorded_at=tx.now, **row
        )
    )


async def page(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], *, after: tuple[Any, UUID] | None, limit: int
) -> Sequence[Row[Any]]:
    """Calls in the order in which they are due."""
    statement = _WITH_TICKET.where(revisits.c.org_id == tx.org_id, *conditions)
    if after is not None:
        due_at, last = after
        statement = statement.where(
            or_(revisits.c.due_at > due_at, and_(revisits.c.due_at == due_at, revisits.c.id > last))
        )
    return await tx.rows(statement.order_by(revisits.c.due_at, revisits.c.id).limit(limit))


async def attempts_about(tx: Tx, person_id: UUID) -> Sequence[Row[Any]]:
    """Every attempt to call about what somebody reported."""
    c = revisit_attempts.c
    theirs = select(tickets.c.id).where(tickets.c.org_id == tx.org_id, tickets.c.reporter_id == person_id)
    return await tx.rows(select(revisit_attempts).where(c.org_id == tx.org_id, c.ticket_id.in_(theirs)).order_by(c.id))
