"""Whose timeline: a unit's, or a person's as far as their units and cases are within the caller's reach."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, or_

from services.ticketing import access
from services.ticketing.errors import NoSuchPerson
from services.ticketing.models import people, relations, tickets
from services.ticketing.people.repository import by_ids, people_reach
from services.ticketing.timeline import repository
from services.ticketing.timeline.sources import Scope
from shared.auth import Principal
from shared.db.tx import Tx

#: The zone of days of somebody who has no unit.
_HOME: str = "Asia/Shanghai"

Page = Sequence[Row[Any]]
After = tuple[datetime, UUID] | None


async def of_unit(
    tx: Tx, who: Principal, unit_id: UUID, kinds: Collection[str], after: After, limit: int
) -> Page:
    """A household's story. Raises NoSuchUnit."""
    unit = await access.unit(tx, who, unit_id)
    scope = Scope(
        org_id=tx.org_id,
        unit_ids=[unit_id],
        communities=[unit.community.id],
        cases=and_(tickets.c.org_id == tx.org_id, tickets.c.unit_id == unit_id),
        person_id=None,
        timezone=unit.community.zone.key,
        now=tx.now,
    )
    # row: C-073, C-074, E-019 the owner's file includes the service history of the house
    return await repository.page(tx, scope, kinds, after, limit)


async def of_person(
    tx: Tx, who: Principal, person_id: UUID, kinds: Collection[str], after: After, limit: int
) -> Page:
    """A person's story: what they reported, in their units and in none. Raises NoSuchPerson."""
    if not await by_ids(tx, people, [person_id], people_reach(tx, who)):
        raise NoSuchPerson()
    reach = access.within_reach(tx, who, community_column=relations.c.community_id)
    homes = await repository.homes(tx, person_id, reach)
    units = sorted({home.unit_id for home in homes})
    t = tickets.c
    nowhere = and_(t.unit_id.is_(None), *access.within_reach(tx, who, community_column=t.community_id))
    scope = Scope(
        org_id=tx.org_id,
        unit_ids=units,
        communities=sorted({home.community_id for home in homes}),
        cases=and_(t.org_id == tx.org_id, t.reporter_id == person_id, or_(t.unit_id.in_(units), nowhere)),
        person_id=person_id,
        timezone=homes[0].timezone if homes else _HOME,
        now=tx.now,
    )
    # row: C-076 what a customer needed and said stands in their file
    return await repository.page(tx, scope, kinds, after, limit)
