"""Statements on open promises: all along the partial index of open clocks, one statement each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, tuple_

from services.ticketing.models import communities, revisits, ticket_clocks, tickets, units
from shared.db.helpers import spelled
from shared.db.tx import Tx

c = ticket_clocks.c

_FROM = (
    ticket_clocks.join(tickets, and_(tickets.c.org_id == c.org_id, tickets.c.id == c.ticket_id))
    .join(communities, and_(communities.c.org_id == c.org_id, communities.c.id == tickets.c.community_id))
    .outerjoin(units, and_(units.c.org_id == c.org_id, units.c.id == tickets.c.unit_id))
    .outerjoin(revisits, and_(revisits.c.org_id == c.org_id, revisits.c.id == c.subject_id))
)

_COLUMNS = (
    *(c[name] for name in ("id", "clock", "due_at", "state", "subject_id", "ticket_id")),
    *(tickets.c[name] for name in ("number", "kind", "summary", "community_id", "unit_id", "department")),
    tickets.c.state.label("ticket_state"),
    tickets.c.urgency.label("ticket_urgency"),
    # A follow-up call is its caller's to make, not that of whoever did the work.
    func.coalesce(revisits.c.caller_id, tickets.c.assignee_id).label("assignee_id"),
    units.c.number.label("unit"),
)


def whose(person_id: UUID) -> ColumnElement[bool]:
    """The condition that a promise is somebody's to keep."""
    own_work = and_(c.subject_id == c.ticket_id, tickets.c.assignee_id == person_id)
    return or_(own_work, revisits.c.caller_id == person_id)


def still_open(org_id: UUID) -> list[ColumnElement[bool]]:
    """Neither kept nor fallen away. A closed case owes nothing more but its follow-up call."""
    return [
        c.org_id == org_id,
        spelled(c.state, ("running", "breached")),
        c.met_at.is_(None),
        tickets.c.cancelled_at.is_(None),
        or_(tickets.c.closed_at.is_(None), c.subject_id != c.ticket_id),
    ]


def listed(
    org_id: UUID, conditions: Sequence[ColumnElement[bool]], after: tuple[datetime, UUID] | None, limit: int
) -> Select[Any]:
    """A page in the order in which they breach."""
    wanted = select(*_COLUMNS).select_from(_FROM).where(*still_open(org_id), *conditions)
    if after is not None:
        wanted = wanted.where(c.due_at >= after[0], tuple_(c.due_at, c.id) > tuple_(*after))
    return wanted.order_by(c.due_at, c.id).limit(limit)


async def page(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Row[Any]]:
    """Open promises with their cases."""
    return await tx.rows(listed(tx.org_id, conditions, after, limit))


async def counts(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], bounds: Sequence[tuple[str, datetime]]
) -> Sequence[Row[Any]]:
    """Per clock: all that is open, and how much of it is due before or at each bound."""
    columns = [func.count().filter(c.due_at <= at).label(name) for name, at in bounds]
    wanted = select(c.clock, func.count().label("open"), *columns).select_from(_FROM)
    return await tx.rows(wanted.where(*still_open(tx.org_id), *conditions).group_by(c.clock).order_by(c.clock))
