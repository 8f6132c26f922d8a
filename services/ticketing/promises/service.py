"""What is promised within a caller's reach, and how soon it breaches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row

from services.ticketing.access import within_reach
from services.ticketing.domain.clocks import whole
from services.ticketing.domain.limits import SECOND
from services.ticketing.domain.promises import LIMITS
from services.ticketing.models import communities, ticket_clocks, tickets
from services.ticketing.places.service import below
from services.ticketing.promises import repository
from shared.auth import Principal
from shared.db.tx import Tx


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters of open promises; None means any. ``within`` is the time left, overdue ones included."""

    mine: bool = False
    assignee_id: UUID | None = None
    department: str | None = None
    org_unit_id: UUID | None = None
    community_id: UUID | None = None
    clock: Sequence[str] = ()
    kind: str | None = None
    within: timedelta | None = None
    overdue: bool | None = None


def conditions(tx: Tx, who: Principal, wanted: Wanted) -> list[ColumnElement[bool]]:
    """The caller's reach and the filters."""
    c = ticket_clocks.c
    found = within_reach(tx, who, community_column=tickets.c.community_id)
    now = whole(tx.now)
    if wanted.mine:
        found.append(repository.whose(who.sub))
    if wanted.assignee_id is not None:
        found.append(repository.whose(wanted.assignee_id))
    for column, value in (
        (tickets.c.department, wanted.department),
        (tickets.c.community_id, wanted.community_id),
        (tickets.c.kind, wanted.kind),
    ):
        if value is not None:
            found.append(column == value)
    if wanted.org_unit_id is not None:
        found += [communities.c.org_id == tx.org_id, below(wanted.org_unit_id)]
    if wanted.clock:
        found.append(c.clock.in_(list(wanted.clock)))
    if wanted.within is not None:
        found.append(c.due_at <= now + wanted.within)
    if wanted.overdue is not None:
        found.append(c.due_at < now if wanted.overdue else c.due_at >= now)
    return found


async def page(
    tx: Tx, who: Principal, wanted: Wanted, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Row[Any]]:
    """Open promises, what breaches first standing first."""
    # row: C-014 the supervisor follows the progress of complaints and repairs
    return await repository.page(tx, conditions(tx, who, wanted), after, limit)


async def counts(tx: Tx, who: Principal, wanted: Wanted) -> Sequence[Row[Any]]:
    """Open promises per clock: ``overdue``, and due at the latest within each of the limits."""
    now = whole(tx.now)
    bounds = [("overdue", now - SECOND), *((name, now + limit) for name, limit in LIMITS)]
    return await repository.counts(tx, conditions(tx, who, wanted), bounds)
