"""Which rows a caller sees: staff by the org units above a community, residents by their dwellings.

What lies outside is answered as if it did not exist (404), never as 403.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, literal, select
from sqlalchemy.dialects.postgresql import array

from services.billing.errors import NoSuchCommunity, NoSuchUnit
from services.billing.models import ref_communities, ref_units
from shared.auth import Principal
from shared.db.tx import Tx


@dataclass(frozen=True, slots=True)
class Community:
    """What billing knows of a community: its id, the org units above it and its time zone."""

    id: UUID
    path: Sequence[UUID]
    zone: ZoneInfo


async def community(tx: Tx, who: Principal, community_id: UUID) -> Community:
    """The community, if staff may see it.

    Raises:
        NoSuchCommunity: unknown, or outside the caller's scope.
    """
    row = await tx.one_or_none(
        select(ref_communities.c.path, ref_communities.c.timezone).where(
            ref_communities.c.org_id == tx.org_id, ref_communities.c.id == community_id
        )
    )
    if row is None or not who.sees(row.path):
        raise NoSuchCommunity()
    return Community(community_id, row.path, ZoneInfo(row.timezone))


async def zone(tx: Tx, community_id: UUID) -> ZoneInfo:
    """The time zone of a community that is known to exist."""
    return ZoneInfo(
        await tx.scalar(
            select(ref_communities.c.timezone).where(
                ref_communities.c.org_id == tx.org_id, ref_communities.c.id == community_id
            )
        )
    )


async def known(tx: Tx, community_id: UUID) -> Community:
    """A community that is known to exist, for whoever was let through before."""
    c = ref_communities.c
    row = await tx.one_or_none(select(c.path, c.timezone).where(c.org_id == tx.org_id, c.id == community_id))
    assert row is not None  # copies of communities are never taken away
    return Community(community_id, row.path, ZoneInfo(row.timezone))


async def known_unit(tx: Tx, unit_id: UUID) -> Community:
    """The community of a unit, for whoever was let through before. Raises NoSuchUnit: never heard of."""
    c = ref_units.c
    community_id = await tx.scalar(select(c.community_id).where(c.org_id == tx.org_id, c.id == unit_id))
    if community_id is None:
        raise NoSuchUnit()
    return await known(tx, community_id)


async def lock_community(tx: Tx, community_id: UUID) -> None:
    """Take turns with whoever else changes what must not overlap inside a community (spaces, meter codes)."""
    c = ref_communities.c
    await tx.one_or_none(select(c.id).where(c.org_id == tx.org_id, c.id == community_id).with_for_update())


async def unit_community(tx: Tx, who: Principal, unit_id: UUID) -> Community:
    """The community of a unit, if the caller may see the unit: by scope, or as one of their dwellings.

    Raises:
        NoSuchUnit: unknown, or outside the caller's reach.
    """
    row = await tx.raw.fetchrow(
        f"SELECT c.id, c.path, c.timezone FROM {tx.schema}.ref_units u JOIN {tx.schema}.ref_communities c "
        "ON c.org_id = u.org_id AND c.id = u.community_id WHERE u.org_id = $1 AND u.id = $2",
        tx.org_id,
        unit_id,
    )
    return seen(who, unit_id, row)


def seen(who: Principal, unit_id: UUID, row: Any) -> Community:
    """The community (``id, path, timezone``) that was found for a unit. Raises NoSuchUnit, as `unit_community` does."""
    if row is None or not sees_unit(who, unit_id, row["path"]):
        raise NoSuchUnit()
    return Community(row["id"], row["path"], ZoneInfo(row["timezone"]))


def sees_unit(who: Principal, unit_id: UUID, path: Sequence[UUID]) -> bool:
    """Whether a row of that unit is within the caller's reach."""
    return unit_id in who.units if who.is_resident else who.sees(path)


def within_reach(
    tx: Tx, who: Principal, unit_column: ColumnElement[Any], community_column: ColumnElement[Any]
) -> list[ColumnElement[bool]]:
    """Conditions that keep a list inside the caller's reach; empty for whoever sees the whole organisation."""
    if who.is_resident:
        return [unit_column.in_(sorted(who.units))]
    if who.kind == "service" or tx.org_id in who.units:
        return []
    if not who.units:
        return [literal(False)]
    return [community_column.in_(_communities_under(tx, who))]


def _communities_under(tx: Tx, who: Principal) -> Select[tuple[UUID]]:
    return select(ref_communities.c.id).where(
        ref_communities.c.org_id == tx.org_id,
        ref_communities.c.path.overlap(array([literal(unit) for unit in sorted(who.units)])),
    )


async def communities_of(tx: Tx, who: Principal) -> list[UUID]:
    """The communities under the caller's org units, for the change feed of a narrow scope."""
    if not who.units:
        return []
    return [row.id for row in await tx.rows(_communities_under(tx, who))]
