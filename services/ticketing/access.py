"""Which rows a caller sees: staff by the org units above a community, residents by their dwellings.

What lies outside is answered as if it did not exist (404), never as 403.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, literal, select
from sqlalchemy.dialects.postgresql import array

from services.ticketing.errors import NoSuchCommunity, NoSuchUnit
from services.ticketing.models import communities, units
from shared.auth import Principal
from shared.db.tx import Tx


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    """The time zone of a community, by the name it is stored under."""
    return ZoneInfo(name)


@dataclass(frozen=True, slots=True)
class Community:
    """What a slice needs of a community: its id, the org units above it and its time zone."""

    id: UUID
    path: Sequence[UUID]
    zone: ZoneInfo

    def local_date(self, at: datetime) -> date:
        """The community's calendar day at an instant."""
        return at.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit with its community."""

    id: UUID
    number: str
    use: str
    community: Community


async def community(tx: Tx, who: Principal, community_id: UUID) -> Community:
    """The community, if the caller may see it: staff by scope, residents because they hold a unit there.

    Raises:
        NoSuchCommunity: unknown, or outside the caller's reach.
    """
    row = await tx.one_or_none(
        select(communities.c.path, communities.c.timezone).where(
            communities.c.org_id == tx.org_id, communities.c.id == community_id
        )
    )
    if row is None:
        raise NoSuchCommunity()
    if who.is_resident:
        if not who.units or not await tx.scalar(
            select(literal(1))
            .where(
                units.c.org_id == tx.org_id,
                units.c.community_id == community_id,
                units.c.id.in_(sorted(who.units)),
            )
            .limit(1)
        ):
            raise NoSuchCommunity()
    elif not who.sees(row.path):
        raise NoSuchCommunity()
    return Community(community_id, row.path, zone_of(row.timezone))


async def unit(tx: Tx, who: Principal, unit_id: UUID) -> Unit:
    """A unit with its community, if the caller may see it: by scope, or as one of their dwellings.

    Raises:
        NoSuchUnit: unknown, or outside the caller's reach.
    """
    row = await tx.one_or_none(
        select(
            units.c.number,
            units.c.use,
            communities.c.id.label("community_id"),
            communities.c.path,
            communities.c.timezone,
        )
        .select_from(
            units.join(
                communities,
                and_(communities.c.org_id == units.c.org_id, communities.c.id == units.c.community_id),
            )
        )
        .where(units.c.org_id == tx.org_id, units.c.id == unit_id)
    )
    if row is None or not sees_unit(who, unit_id, row.path):
        raise NoSuchUnit()
    return Unit(
        unit_id, row.number, row.use, Community(row.community_id, row.path, zone_of(row.timezone))
    )


def sees_unit(who: Principal, unit_id: UUID, path: Sequence[UUID]) -> bool:
    """Whether a row of that unit, in a community of that path, is within the caller's reach."""
    return unit_id in who.units if who.is_resident else who.sees(path)


def sees_everything(tx: Tx, who: Principal) -> bool:
    """Whether the caller's reach is the whole organisation: peers, and whoever is assigned to its root."""
    return who.kind == "service" or (not who.is_resident and tx.org_id in who.units)


def under_units(who: Principal, path_column: ColumnElement[Any]) -> ColumnElement[bool]:
    """The condition that a stored path runs through one of the caller's org units."""
    if not who.units or who.is_resident:
        return literal(False)
    return path_column.overlap(array([literal(u) for u in sorted(who.units)]))  # type: ignore[no-any-return]


def within_reach(
    tx: Tx,
    who: Principal,
    *,
    community_column: ColumnElement[Any],
    unit_column: ColumnElement[Any] | None = None,
) -> list[ColumnElement[bool]]:
    """Conditions that keep a list inside the caller's reach; none for whoever sees the whole organisation.

    Residents see rows of their own units (``unit_column``); a table without one is not theirs to list.
    """
    if who.is_resident:
        if unit_column is None or not who.units:
            return [literal(False)]
        return [unit_column.in_(sorted(who.units))]
    if sees_everything(tx, who):
        return []
    return [
        community_column.in_(
            select(communities.c.id).where(
                communities.c.org_id == tx.org_id, under_units(who, communities.c.path)
            )
        )
    ]
