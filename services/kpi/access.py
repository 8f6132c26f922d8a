"""Which rows a caller sees: staff by the org units above a community. What lies outside is answered as 404."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, literal, select
from sqlalchemy.dialects.postgresql import array

from services.kpi.domain.times import SHANGHAI
from services.kpi.errors import NoSuchCommunity, NoSuchOrgUnit
from services.kpi.models import ref_communities, ref_org_units
from shared.auth import Principal
from shared.db.tx import Tx


@dataclass(frozen=True, slots=True)
class Community:
    """What kpi knows of a community."""

    id: UUID
    name: str
    path: Sequence[UUID]
    zone: ZoneInfo


async def community(tx: Tx, who: Principal, community_id: UUID) -> Community:
    """The community, if the caller may see it. Raises NoSuchCommunity."""
    c = ref_communities.c
    row = await tx.one_or_none(
        select(c.id, c.name, c.path, c.timezone).where(c.org_id == tx.org_id, c.id == community_id)
    )
    if row is None or not who.sees(row.path):
        raise NoSuchCommunity()
    return Community(row.id, row.name, row.path, ZoneInfo(row.timezone))


async def org_unit_communities(tx: Tx, who: Principal, org_unit_id: UUID) -> list[Community]:
    """All communities under an org unit the caller may see. Raises NoSuchOrgUnit."""
    if org_unit_id != tx.org_id:  # the organisation itself is the root and may have no row of its own
        path = await tx.scalar(
            select(ref_org_units.c.path).where(ref_org_units.c.org_id == tx.org_id, ref_org_units.c.id == org_unit_id)
        )
        if path is None or not who.sees(path):
            raise NoSuchOrgUnit()
    elif not who.sees([org_unit_id]):
        raise NoSuchOrgUnit()
    c = ref_communities.c
    rows = await tx.rows(
        select(c.id, c.name, c.path, c.timezone).where(c.org_id == tx.org_id, c.path.contains([org_unit_id]))
    )
    return [Community(row.id, row.name, row.path, ZoneInfo(row.timezone)) for row in rows]


async def zones(tx: Tx, ids: set[UUID | None]) -> Mapping[UUID | None, ZoneInfo]:
    """The time zones of communities, Shanghai for one not known here yet (its money carries local dates anyway)."""
    c = ref_communities.c
    known = sorted(found for found in ids if found is not None)
    rows = await tx.rows(select(c.id, c.timezone).where(c.org_id == tx.org_id, c.id.in_(known))) if known else ()
    found: dict[UUID | None, ZoneInfo] = dict.fromkeys(ids, SHANGHAI)
    found.update({row.id: ZoneInfo(row.timezone) for row in rows})
    return found


async def external_ids(tx: Tx, ids: Sequence[UUID]) -> Mapping[UUID, str | None]:
    """The company's own ids of communities; none of one that is not known here yet."""
    c = ref_communities.c
    rows = await tx.rows(select(c.id, c.external_id).where(c.org_id == tx.org_id, c.id.in_(list(ids))))
    return {row.id: row.external_id for row in rows}


def within_reach(tx: Tx, who: Principal, community_column: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    """Conditions that keep a list inside the caller's reach; empty for whoever sees the whole organisation."""
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


async def reached(tx: Tx, who: Principal, org_unit_id: UUID | None) -> list[UUID] | None:
    """The communities under an org unit, or all that the caller sees; None for the whole organisation without a list.

    Raises NoSuchOrgUnit.
    """
    if org_unit_id is not None and org_unit_id != tx.org_id:
        return [community.id for community in await org_unit_communities(tx, who, org_unit_id)]
    if who.kind == "service" or tx.org_id in who.units:
        return None
    if org_unit_id is not None:
        raise NoSuchOrgUnit()
    return await communities_of(tx, who)


async def communities_of(tx: Tx, who: Principal) -> list[UUID]:
    """The communities under the caller's org units, for the change feed of a narrow scope."""
    if not who.units:
        return []
    return [row.id for row in await tx.rows(_communities_under(tx, who))]
