"""The statements of follow-up calls. The ticket's row is locked first by whoever changes one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, insert, or_, select, update

from services.ticketing.models import (
    communities,
    revisit_attempts,
    revisit_corrections,
    revisits,
    tickets,
    units,
)
from shared.db.tx import Tx
from shared.ids import uuid7

_WITH_TICKET = (
    select(
        revisits,
        tickets.c.number,
        tickets.c.reporter_id,
        tickets.c.handler_id,
        tickets.c.kind,
        tickets.c.summary,
        units.c.number.label("unit_number"),
        communities.c.path,
        communities.c.timezone,
    )
    .select_from(
        revisits.join(tickets, and_(tickets.c.org_id == revisits.c.org_id, tickets.c.id == revisits.c.ticket_id)).join(
            communities,
            and_(communities.c.org_id == revisits.c.org_id, communities.c.id == revisits.c.community_id),
        ).outerjoin(units, and_(units.c.org_id == revisits.c.org_id, units.c.id == revisits.c.unit_id))
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
    return await tx.one_or_none(_WITH_TICKET.where(revisits.c.org_id == tx.org_id, revisits.c.id == revisit_id))


async def of_ticket(tx: Tx, ticket_id: UUID) -> Sequence[Row[Any]]:
    """All calls of a ticket, by round."""
    return await tx.rows(
        select(revisits)
        .where(revisits.c.org_id == tx.org_id, revisits.c.ticket_id == ticket_id)
        .order_by(revisits.c.round)
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


async def attempts_of_all(tx: Tx, revisit_ids: Sequence[UUID]) -> dict[UUID, list[Row[Any]]]:
    """Attempts of several calls, by call."""
    found: dict[UUID, list[Row[Any]]] = {id: [] for id in revisit_ids}
    if revisit_ids:
        wanted = select(revisit_attempts).where(
            revisit_attempts.c.org_id == tx.org_id, revisit_attempts.c.revisit_id.in_(sorted(revisit_ids))
        )
        for row in await tx.rows(wanted.order_by(revisit_attempts.c.id)):
            found[row.revisit_id].append(row)
    return found


async def add_attempt(tx: Tx, row: Mapping[str, Any]) -> UUID:
    """Append an attempt; its record never changes (C-049)."""
    attempt_id = uuid7()
    await tx.execute(
        insert(revisit_attempts).values(
            org_id=tx.org_id, id=attempt_id, caller_id=tx.actor_id, recorded_at=tx.now, **row
        )
    )
    return attempt_id


async def corrections_of(tx: Tx, revisit_id: UUID) -> Sequence[Row[Any]]:
    """What was corrected of a call's attempts, in the order of recording."""
    c = revisit_corrections.c
    return await tx.rows(
        select(revisit_corrections).where(c.org_id == tx.org_id, c.revisit_id == revisit_id).order_by(c.id)
    )


async def add_correction(tx: Tx, row: Mapping[str, Any]) -> None:
    """Append a correction; neither it nor the attempt ever changes (G-017)."""
    await tx.execute(
        insert(revisit_corrections).values(
            org_id=tx.org_id, id=uuid7(), corrected_by=tx.actor_id, recorded_at=tx.now, **row
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


async def corrections_about(tx: Tx, person_id: UUID) -> Sequence[Row[Any]]:
    """Every correction of a call about what somebody reported."""
    c = revisit_corrections.c
    theirs = (
        select(revisits.c.id)
        .select_from(
            tickets.join(revisits, and_(revisits.c.org_id == tickets.c.org_id, revisits.c.ticket_id == tickets.c.id))
        )
        .where(tickets.c.org_id == tx.org_id, tickets.c.reporter_id == person_id)
    )
    found = select(revisit_corrections).where(c.org_id == tx.org_id, c.revisit_id.in_(theirs))
    return await tx.rows(found.order_by(c.id))
