"""Statements on somebody's open work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Row, and_, cast, select, update
from sqlalchemy.dialects.postgresql import JSONB

from services.ticketing.models import approvals, revisits, shifts, tickets
from shared.approvals import rules
from shared.db.tx import Tx


async def open_tickets(tx: Tx, person_id: UUID) -> Sequence[Row[Any]]:
    """Tickets assigned to somebody that are neither closed nor taken back, in the order of their ids."""
    c = tickets.c
    where = [c.org_id == tx.org_id, c.assignee_id == person_id, c.closed_at.is_(None), c.cancelled_at.is_(None)]
    return await tx.rows(select(c.id, c.number, c.kind, c.state).where(*where).order_by(c.id))


async def held_approvals(tx: Tx, person_id: UUID) -> Sequence[Row[Any]]:
    """Pending requests whose present step was delegated to somebody: nobody else can decide them."""
    c = approvals.c
    turn = c.chain.op("->", return_type=JSONB)(cast(c.step, Integer))
    where = [c.org_id == tx.org_id, c.state == rules.PENDING, turn["holder"].astext == str(person_id)]
    return await tx.rows(select(c.id, c.number).where(*where).order_by(c.id))


async def due_calls(tx: Tx, person_id: UUID) -> Sequence[Row[Any]]:
    """Follow-up calls that are due and were given to somebody."""
    c = revisits.c
    joined = revisits.join(tickets, and_(tickets.c.org_id == c.org_id, tickets.c.id == c.ticket_id))
    wanted = select(c.id, c.ticket_id, tickets.c.number).select_from(joined)
    return await tx.rows(
        wanted.where(c.org_id == tx.org_id, c.caller_id == person_id, c.state == "due").order_by(c.ticket_id, c.id)
    )


async def cancel_shifts(tx: Tx, person_id: UUID) -> int:
    """Take somebody's shifts that have not begun off the roster, so that their gaps show; how many."""
    c = shifts.c
    rows = await tx.rows(
        update(shifts)
        .where(c.org_id == tx.org_id, c.person_id == person_id, c.cancelled_at.is_(None), c.starts_at > tx.now)
        .values(cancelled_at=tx.now, updated_at=tx.now, version=c.version + 1)
        .returning(c.id)
    )
    return len(rows)
