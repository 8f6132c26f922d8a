"""From when on a resident reaches what is their units': never what the household before them reported.

One look at the resident's own relations for a request; what is reached is then a condition, not a query per row.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, literal, or_, select

from services.ticketing.access import zone_of
from services.ticketing.models import communities, relations
from shared.auth import Principal
from shared.db.tx import Tx
from shared.periods import unbroken_since

#: Unit -> the instant from which on the resident reaches it; None: without a limit.
Residence = Mapping[UUID, datetime | None]


async def residence(tx: Tx, who: Principal) -> Residence:
    """The units of a resident's token that are theirs now, each with the instant from which on they reach it.

    A unit whose relations have all ended is left out at once, though the token lives for some minutes more. One of
    which the register knows nothing is reached without limit: then the token itself is the relation.
    """
    if not who.units:
        return {}
    rows = await tx.rows(
        select(relations.c.unit_id, relations.c.since, relations.c.until, communities.c.timezone)
        .select_from(
            relations.join(
                communities,
                and_(communities.c.org_id == relations.c.org_id, communities.c.id == relations.c.community_id),
            )
        )
        .where(
            relations.c.org_id == tx.org_id,
            relations.c.person_id == who.sub,
            relations.c.unit_id.in_(sorted(who.units)),
        )
    )
    known = {row.unit_id: zone_of(row.timezone) for row in rows}
    found: dict[UUID, datetime | None] = {unit: None for unit in who.units if unit not in known}
    for unit, zone in known.items():
        spans = [(row.since, row.until) for row in rows if row.unit_id == unit]
        since = unbroken_since(spans, tx.now.astimezone(zone).date())
        if since is not None:
            # Sources write the first day of all for "always", which no time zone can be counted from.
            found[unit] = datetime.combine(since, time(), tzinfo=zone) if since.year > 1 else None
    return found


def reaches(held: Residence, unit_id: UUID | None, at: datetime) -> bool:
    """Whether what happened to a unit at an instant falls into the resident's time there."""
    if unit_id is None or unit_id not in held:
        return False
    since = held[unit_id]
    return since is None or at >= since


def within(
    held: Residence, unit_column: ColumnElement[Any], at_column: ColumnElement[Any]
) -> ColumnElement[bool]:
    """The same as a condition on rows of a unit and an instant."""
    always = [unit for unit, since in held.items() if since is None]
    arms: list[ColumnElement[bool]] = [unit_column.in_(sorted(always))] if always else []
    arms += [and_(unit_column == unit, at_column >= since) for unit, since in sorted(held.items()) if since is not None]
    return or_(*arms) if arms else literal(False)
