"""What a caller asks of the list of tickets, as conditions; never wider than the caller's reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, not_, or_

from services.ticketing.access import within_reach
from services.ticketing.models import tickets
from services.ticketing.residents import residence, within
from services.ticketing.tickets import repository
from shared.auth import Principal
from shared.db.tx import Tx

#: Filters that a column has to equal.
_EQUAL = (
    "kind",
    "community_id",
    "unit_id",
    "assignee_id",
    "reporter_id",
    "urgency",
    "complex",
    "major",
    "valid",
    "number",
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters of the list; None means any."""

    states: Sequence[str] = ()
    kind: str | None = None
    community_id: UUID | None = None
    unit_id: UUID | None = None
    assignee_id: UUID | None = None
    reporter_id: UUID | None = None
    urgency: str | None = None
    complex: bool | None = None
    major: bool | None = None
    valid: bool | None = None
    overdue: bool | None = None
    open: bool | None = None
    number: str | None = None
    q: str | None = None


async def tickets_page(
    tx: Tx, who: Principal, wanted: Wanted, updated_after: datetime | None, after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """One page of tickets within the caller's reach, the newest first."""
    conditions = [*await _reach(tx, who), *_filters(tx, wanted)]
    if updated_after is not None:
        conditions.append(tickets.c.updated_at >= updated_after)
    return await repository.page(tx, conditions, after=after, limit=limit)


async def _reach(tx: Tx, who: Principal) -> list[ColumnElement[bool]]:
    if not who.is_resident:
        return within_reach(tx, who, community_column=tickets.c.community_id)
    # What residents reported themselves is theirs whatever it was about; else what fell into their time in a unit.
    held = await residence(tx, who)
    # row: D-076 a list shows a resident no case of the household before theirs
    return [or_(tickets.c.reporter_id == who.sub, within(held, tickets.c.unit_id, tickets.c.received_at))]


def _filters(tx: Tx, wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        tickets.c[name] == value
        for name in _EQUAL
        if (value := getattr(wanted, name)) is not None
    ]
    if wanted.states:
        found.append(tickets.c.state.in_(list(wanted.states)))
    if wanted.open is not None:
        still = and_(tickets.c.closed_at.is_(None), tickets.c.cancelled_at.is_(None))
        found.append(still if wanted.open else not_(still))
    if wanted.overdue is not None:
        late = repository.overdue_condition(tx)
        found.append(late if wanted.overdue else not_(late))
    if wanted.q:
        found.append(
            or_(tickets.c.summary.icontains(wanted.q, autoescape=True), tickets.c.number == wanted.q.strip())
        )
    return found
