"""What a caller asks of the list of tickets, as conditions; never wider than the caller's reach."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, not_, or_, select

from services.ticketing.access import within_reach
from services.ticketing.domain.bigrams import number_form
from services.ticketing.models import communities, tickets, units
from services.ticketing.places.service import below
from services.ticketing.residents import residence, within
from services.ticketing.search.worded import find_worded
from services.ticketing.tickets import many_repository, repository
from shared.auth import Principal
from shared.db.tx import Tx

_WHOLE_NUMBER: Final = re.compile(r"[A-Z]{1,4}\d{8}-\d{4,}")

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
    "place_id",
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
    received_from: datetime | None = None
    received_until: datetime | None = None
    topic: str | None = None
    category: str | None = None
    place_id: UUID | None = None
    building_id: UUID | None = None
    org_unit_id: UUID | None = None


async def tickets_page(
    tx: Tx, who: Principal, wanted: Wanted, updated_after: datetime | None, after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """One page of tickets within the caller's reach, the newest first."""
    conditions = [*await reach(tx, who), *_filters(tx, wanted)]
    if updated_after is not None:
        conditions.append(tickets.c.updated_at >= updated_after)
    if wanted.q:
        return await _worded(tx, who, wanted.q, conditions, after, limit)
    return await repository.page(tx, conditions, after=after, limit=limit)


async def _worded(
    tx: Tx, who: Principal, q: str, conditions: list[ColumnElement[bool]], after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """The page of those that have the words of ``q``. A whole number is its ticket alone, search's delay or not."""
    number = number_form(q).upper()
    if _WHOLE_NUMBER.fullmatch(number):
        found = await repository.page(tx, [*conditions, tickets.c.number == number], after=after, limit=limit)
        if found or after is not None:
            return found

    async def read(ids: Sequence[UUID]) -> Sequence[Row[Any]]:
        return await repository.page(tx, [*conditions, tickets.c.id.in_(ids)], after=None, limit=limit)

    return await find_worded(tx, who, q, conditions, read, after, limit)


async def clocks_of(tx: Tx, ticket_ids: Sequence[UUID]) -> Mapping[UUID, Sequence[Mapping[str, Any]]]:
    """The promises of listed tickets, those of their follow-up calls included, in one statement."""
    return await many_repository.short_clocks_of(tx, ticket_ids)


async def reach(tx: Tx, who: Principal) -> list[ColumnElement[bool]]:
    """Conditions on tickets: staff by scope, residents by their time in their units or as the reporter."""
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
    found += _of_an_analysis(tx, wanted)
    if wanted.open is not None:
        still = and_(tickets.c.closed_at.is_(None), tickets.c.cancelled_at.is_(None))
        found.append(still if wanted.open else not_(still))
    if wanted.overdue is not None:
        late = repository.overdue_condition(tx)
        found.append(late if wanted.overdue else not_(late))
    return found


def _of_an_analysis(tx: Tx, wanted: Wanted) -> list[ColumnElement[bool]]:
    """What a number of an analysis counts: a period, a topic, a part of the house or of the organisation."""
    t = tickets.c
    found: list[ColumnElement[bool]] = []
    if wanted.received_from is not None:
        found.append(t.received_at >= wanted.received_from)
    if wanted.received_until is not None:
        found.append(t.received_at < wanted.received_until)
    for name, value in (("topic", wanted.topic), ("category", wanted.category)):
        if value is not None:
            found.append(t.fields[name].astext == value)
    if wanted.building_id is not None:
        inside = select(units.c.id).where(units.c.org_id == tx.org_id, units.c.building_id == wanted.building_id)
        found.append(t.unit_id.in_(inside))
    if wanted.org_unit_id is not None:
        under = select(communities.c.id).where(communities.c.org_id == tx.org_id, below(wanted.org_unit_id))
        found.append(t.community_id.in_(under))
    return found
