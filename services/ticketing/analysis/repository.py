"""Counts of cases by what they are about or where they are, in one statement over two periods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, select

from services.ticketing.models import buildings, communities, org_units, tickets, units
from shared.db.tx import Tx

t = tickets.c

_FROM = (
    tickets.join(communities, and_(communities.c.org_id == t.org_id, communities.c.id == t.community_id))
    .outerjoin(units, and_(units.c.org_id == t.org_id, units.c.id == t.unit_id))
    .outerjoin(buildings, and_(buildings.c.org_id == t.org_id, buildings.c.id == units.c.building_id))
    .outerjoin(org_units, and_(org_units.c.org_id == t.org_id, org_units.c.id == communities.c.org_unit_id))
)

#: What is counted by -> its key and the name people know it by (null: the key is a word of the catalogue).
GROUPS: Final[Mapping[str, tuple[Any, Any]]] = MappingProxyType(
    {
        "topic": (t.fields["topic"].astext, None),
        "category": (t.fields["category"].astext, None),
        "place": (t.place_id, None),
        "unit": (t.unit_id, units.c.number),
        "building": (units.c.building_id, buildings.c.name),
        "community": (t.community_id, communities.c.name),
        "org_unit": (communities.c.org_unit_id, org_units.c.name),
    }
)


def hot_spots_statement(
    org_id: UUID,
    by: str,
    conditions: Sequence[ColumnElement[bool]],
    *,
    before: datetime,
    start: datetime,
    end: datetime,
) -> Select[Any]:
    """Per group: cases of the period [start, end) and of the one before it, valid and missed ones, repeat places.

    A repeat place is a unit or place with two cases or more in the period: counted first per place, then per group.
    """
    key, name = GROUPS[by]
    now = t.received_at >= start
    place = func.coalesce(t.unit_id, t.place_id)
    per_place = (
        select(
            key.label("key"),
            (func.max(name) if name is not None else func.max(None)).label("name"),
            place.label("place"),
            func.count().filter(now).label("now"),
            func.count().filter(~now).label("before"),
            func.count().filter(now, t.valid).label("valid"),
        )
        .select_from(_FROM)
        .where(
            t.org_id == org_id, key.is_not(None), t.received_at >= before, t.received_at < end, *conditions
        )
        .group_by(key, place)
        .subquery("per_place")
    )
    p = per_place.c
    repeats = and_(p.place.is_not(None), p.now >= 2)
    total = func.sum(p.now)
    return (
        select(
            p.key,
            func.max(p.name).label("name"),
            total.label("now"),
            func.sum(p.before).label("before"),
            func.sum(p.valid).label("valid"),
            func.count().filter(repeats).label("repeat_places"),
            func.sum(case((repeats, p.now), else_=0)).label("repeat_cases"),
        )
        .group_by(p.key)
        .order_by(total.desc(), func.sum(p.before).desc(), p.key)
    )


async def hot_spots(tx: Tx, statement: Select[Any]) -> Sequence[Row[Any]]:
    """All groups, the most cases first."""
    return await tx.rows(statement)
