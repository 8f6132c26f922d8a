"""Communities, buildings and units: imported in bulk, listed within the caller's reach."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, any_, literal, or_, select
from sqlalchemy import Row as DbRow

from services.ticketing import access
from services.ticketing.domain.register import DWELLING
from services.ticketing.errors import NoSuchOrgUnit
from services.ticketing.models import buildings, communities, org_units, units
from services.ticketing.places import repository
from services.ticketing.places.schemas import (
    BuildingIn,
    BuildingsBulk,
    CommunitiesBulk,
    CommunityIn,
    UnitIn,
    UnitsBulk,
)
from services.ticketing.places.tree import COMMUNITY
from services.ticketing.policies.assigning import assign
from services.ticketing.register.bulk import Batch, Draft, Entity, Fault, store, unknown_reference
from services.ticketing.register.repository import by_references
from services.ticketing.register.schemas import BulkOut
from shared.auth import Principal
from shared.db.tx import Tx

KEEPS_COMMUNITY: Fault = (
    "community",
    "已登记在另一个小区，不能改到别的小区",
    "It is registered in another community and cannot move",
)


def _building_event(id: UUID, version: int, values: Mapping[str, Any]) -> tuple[dict[str, Any], UUID | None]:
    return {"name": values["name"]}, values["community_id"]


def _unit_event(id: UUID, version: int, values: Mapping[str, Any]) -> tuple[dict[str, Any], UUID | None]:
    return (
        {
            "number": values["number"],
            "building_id": None if values["building_id"] is None else str(values["building_id"]),
            "area": f"{values['area']:.2f}",
            "use": values["use"],
            "sold_on": _iso(values["sold_on"]),
            "occupied_from": _iso(values["occupied_from"]),
            "occupied_to": _iso(values["occupied_to"]),
        },
        values["community_id"],
    )


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


BUILDING = Entity("building", buildings, ("community_id", "name"), _building_event)
UNIT = Entity(
    "unit",
    units,
    ("community_id", "building_id", "number", "area", "use", "sold_on", "occupied_from", "occupied_to"),
    _unit_event,
)


async def bulk_communities(tx: Tx, who: Principal, body: CommunitiesBulk) -> BulkOut:
    """Store communities below org units within the caller's reach.

    Raises:
        NoSuchOrgUnit: the organisation itself was never made.
    """
    batch: Batch[CommunityIn] = Batch(body)
    # Shared: a move of the tree must wait, or the path copied here would be yesterday's.
    if not await repository.lock_tree(tx, shared=True):
        raise NoSuchOrgUnit()
    root = str(tx.org_id)
    wanted = {item.org_unit or root for _, item in batch.rows}
    found = await by_references(tx, org_units, batch.source, wanted)
    drafts = []
    for index, item in batch.rows:
        org_unit = found.get(item.org_unit or root)
        if org_unit is None or not who.sees(org_unit.path):
            batch.refuse(index, item.external_id, unknown_reference("org_unit", item.org_unit or "root"))
            continue
        values = {
            "name": item.name,
            "org_unit_id": org_unit.id,
            "path": list(org_unit.path),
            "timezone": item.timezone,
            "address": item.address,
            "external_id": item.external_id,
        }
        drafts.append(Draft(index, item.external_id, values))

    def guard(row: DbRow[Any], draft: Draft) -> Fault | None:
        return None if who.sees(row.path) else unknown_reference("external_id", draft.external_id)

    await store(tx, COMMUNITY, batch, drafts, guard)
    await assign(tx, ids=[change.id for change in (*batch.created, *batch.updated)])
    return batch.answer()


def keeps_community(row: DbRow[Any], draft: Draft) -> Fault | None:
    """Refuses a stored building or unit that the request would carry into another community.

    Its tickets, bills and relations stand in the first one; and a caller of the second must not reach them.
    """
    return None if row.community_id == draft.values["community_id"] else KEEPS_COMMUNITY


async def bulk_buildings(tx: Tx, who: Principal, body: BuildingsBulk) -> BulkOut:
    """Store buildings of communities within the caller's reach."""
    batch: Batch[BuildingIn] = Batch(body)
    found = await by_references(tx, communities, batch.source, {item.community for _, item in batch.rows})
    drafts = []
    for index, item in batch.rows:
        community = found.get(item.community)
        if community is None or not who.sees(community.path):
            batch.refuse(index, item.external_id, unknown_reference("community", item.community))
            continue
        drafts.append(Draft(index, item.external_id, {"community_id": community.id, "name": item.name}))
    await store(tx, BUILDING, batch, drafts, keeps_community)
    return batch.answer()


async def bulk_units(tx: Tx, who: Principal, body: UnitsBulk) -> BulkOut:
    """Store units of communities within the caller's reach; a building must stand in the unit's community."""
    batch: Batch[UnitIn] = Batch(body)
    found = await by_references(tx, communities, batch.source, {item.community for _, item in batch.rows})
    houses = await by_references(
        tx, buildings, batch.source, {item.building for _, item in batch.rows if item.building is not None}
    )
    drafts = []
    for index, item in batch.rows:
        community = found.get(item.community)
        if community is None or not who.sees(community.path):
            batch.refuse(index, item.external_id, unknown_reference("community", item.community))
            continue
        house = None if item.building is None else houses.get(item.building)
        if item.building is not None and (house is None or house.community_id != community.id):
            batch.refuse(index, item.external_id, unknown_reference("building", item.building))
            continue
        values = {
            "community_id": community.id,
            "building_id": None if house is None else house.id,
            "number": item.number,
            "area": item.area,
            "use": item.use,
            "sold_on": item.sold_on,
            "occupied_from": item.occupied_from,
            "occupied_to": item.occupied_to,
        }
        drafts.append(Draft(index, item.external_id, values))
    await store(tx, UNIT, batch, drafts, keeps_community)
    return batch.answer()


# -- what a caller sees ----------------------------------------------------------------------------------------------


def org_unit_reach(tx: Tx, who: Principal) -> list[ColumnElement[bool]]:
    """Conditions on org units: staff see those at and below their own."""
    return [] if access.sees_everything(tx, who) else [access.under_units(who, org_units.c.path)]


def community_reach(tx: Tx, who: Principal) -> list[ColumnElement[bool]]:
    """Conditions on communities: residents see those in which they hold a unit."""
    if who.is_resident:
        return [communities.c.id.in_(_own_communities(tx, who))]
    return [] if access.sees_everything(tx, who) else [access.under_units(who, communities.c.path)]


def building_reach(tx: Tx, who: Principal) -> list[ColumnElement[bool]]:
    """Conditions on buildings: residents see those in which they hold a unit."""
    if who.is_resident:
        mine = select(units.c.building_id).where(
            units.c.org_id == tx.org_id, units.c.id.in_(sorted(who.units)), units.c.building_id.is_not(None)
        )
        return [buildings.c.id.in_(mine)]
    return access.within_reach(tx, who, community_column=buildings.c.community_id)


def unit_reach(tx: Tx, who: Principal) -> list[ColumnElement[bool]]:
    """Conditions on units: residents see their own."""
    return access.within_reach(tx, who, community_column=units.c.community_id, unit_column=units.c.id)


def _own_communities(tx: Tx, who: Principal) -> Any:
    return select(units.c.community_id).where(units.c.org_id == tx.org_id, units.c.id.in_(sorted(who.units)))


def below(org_unit_id: UUID) -> ColumnElement[bool]:
    """The condition that a community hangs at or below an org unit."""
    return literal(org_unit_id) == any_(communities.c.path)


def occupied_on(day: date) -> list[ColumnElement[bool]]:
    """The conditions that a unit is a household on a local day (AMB-021), in SQL as in ``is_household``."""
    return [
        units.c.use == DWELLING,
        units.c.occupied_from <= day,
        or_(units.c.occupied_to.is_(None), units.c.occupied_to >= day),
    ]


async def communities_of(tx: Tx, who: Principal) -> list[UUID]:
    """The communities whose events a member of staff may follow in the change feed."""
    rows = await tx.rows(
        select(communities.c.id).where(communities.c.org_id == tx.org_id, *community_reach(tx, who))
    )
    return [row.id for row in rows]
