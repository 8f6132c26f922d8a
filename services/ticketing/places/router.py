"""Org units, communities, buildings, units: bulk import, lists, single rows."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from services.ticketing.errors import NoSuchBuilding, NoSuchCommunity, NoSuchOrgUnit, NoSuchUnit
from services.ticketing.models import buildings, communities, org_units, units
from services.ticketing.places import service
from services.ticketing.places.schemas import (
    BuildingOut,
    BuildingsBulk,
    CommunitiesBulk,
    CommunityOut,
    OrgUnitOut,
    OrgUnitsBulk,
    UnitOut,
    UnitsBulk,
    building_out,
    community_out,
    org_unit_out,
    unit_out,
)
from services.ticketing.places.tree import bulk_org_units
from services.ticketing.register import repository
from services.ticketing.register.schemas import BulkOut, KnownAsDep
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, etag, page_of, problems, service_router
from shared.http.schemas import LocalDate

router = service_router(prefix="/v1", tags=["register"])

Reads = Annotated[Principal, allow("register.read")]
Writes = Annotated[Principal, allow("register.write")]
Builds = Annotated[Principal, allow("structure.write")]


@router.post("/org-units/bulk", operation_id="bulk_org_units", responses=problems(404))
async def post_org_units(body: OrgUnitsBulk, tx: TxDep, who: Builds) -> BulkOut:
    """Import up to 500 org units; parents may stand anywhere in the request, moved ones take along what is below."""
    return await bulk_org_units(tx, who, body)


@router.get("/org-units", operation_id="list_org_units")
async def list_org_units(
    tx: TxDep, who: Reads, page: PageDep, known_as: KnownAsDep, parent_id: UUID | None = None
) -> Page[OrgUnitOut]:
    """The org units within the caller's reach."""
    where = service.org_unit_reach(tx, who)
    if parent_id is not None:
        where.append(org_units.c.parent_id == parent_id)
    rows = await repository.page(tx, org_units, where, page, known_as)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, org_unit_out)


@router.get("/org-units/{id}", operation_id="get_org_unit", responses=problems(404))
async def get_org_unit(id: UUID, tx: TxDep, who: Reads, response: Response) -> OrgUnitOut:
    """One org unit."""
    row = await repository.one(tx, org_units, id, service.org_unit_reach(tx, who))
    if row is None:
        raise NoSuchOrgUnit()
    etag(response, row.version)
    return org_unit_out(row)


@router.post("/communities/bulk", operation_id="bulk_communities", responses=problems(404))
async def post_communities(body: CommunitiesBulk, tx: TxDep, who: Builds) -> BulkOut:
    """Import up to 500 communities."""
    return await service.bulk_communities(tx, who, body)


@router.get("/communities", operation_id="list_communities")
async def list_communities(
    tx: TxDep,
    who: Reads,
    page: PageDep,
    known_as: KnownAsDep,
    org_unit_id: Annotated[UUID | None, Query(description="At or below this org unit")] = None,
) -> Page[CommunityOut]:
    """The communities within the caller's reach; a resident's are those of their units."""
    where = service.community_reach(tx, who)
    if org_unit_id is not None:
        where.append(service.below(org_unit_id))
    rows = await repository.page(tx, communities, where, page, known_as)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, community_out)


@router.get("/communities/{id}", operation_id="get_community", responses=problems(404))
async def get_community(id: UUID, tx: TxDep, who: Reads, response: Response) -> CommunityOut:
    """One community."""
    row = await repository.one(tx, communities, id, service.community_reach(tx, who))
    if row is None:
        raise NoSuchCommunity()
    etag(response, row.version)
    return community_out(row)


@router.post("/buildings/bulk", operation_id="bulk_buildings")
async def post_buildings(body: BuildingsBulk, tx: TxDep, who: Writes) -> BulkOut:
    """Import up to 500 buildings."""
    return await service.bulk_buildings(tx, who, body)


@router.get("/buildings", operation_id="list_buildings")
async def list_buildings(
    tx: TxDep, who: Reads, page: PageDep, known_as: KnownAsDep, community_id: UUID | None = None
) -> Page[BuildingOut]:
    """The buildings within the caller's reach."""
    where = service.building_reach(tx, who)
    if community_id is not None:
        where.append(buildings.c.community_id == community_id)
    rows = await repository.page(tx, buildings, where, page, known_as)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, building_out)


@router.get("/buildings/{id}", operation_id="get_building", responses=problems(404))
async def get_building(id: UUID, tx: TxDep, who: Reads, response: Response) -> BuildingOut:
    """One building."""
    row = await repository.one(tx, buildings, id, service.building_reach(tx, who))
    if row is None:
        raise NoSuchBuilding()
    etag(response, row.version)
    return building_out(row)


@router.post("/units/bulk", operation_id="bulk_units")
async def post_units(body: UnitsBulk, tx: TxDep, who: Writes) -> BulkOut:
    """Import up to 500 units."""
    return await service.bulk_units(tx, who, body)


@router.get("/units", operation_id="list_units")
async def list_units(
    tx: TxDep,
    who: Reads,
    page: PageDep,
    known_as: KnownAsDep,
    community_id: UUID | None = None,
    building_id: UUID | None = None,
    number: Annotated[str | None, Query(max_length=80)] = None,
    use: Literal["dwelling", "shop", "parking", "office"] | None = None,
    occupied_on: Annotated[LocalDate | None, Query(description="Dwellings occupied on this local day")] = None,
) -> Page[UnitOut]:
    """The units within the caller's reach; a resident's own ones."""
    where = service.unit_reach(tx, who)
    if community_id is not None:
        where.append(units.c.community_id == community_id)
    if building_id is not None:
        where.append(units.c.building_id == building_id)
    if number is not None:
        where.append(units.c.number == number)
    if use is not None:
        where.append(units.c.use == use)
    if occupied_on is not None:
        where.extend(service.occupied_on(occupied_on))
    rows = await repository.page(tx, units, where, page, known_as)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, unit_out)


@router.get("/units/{id}", operation_id="get_unit", responses=problems(404))
async def get_unit(id: UUID, tx: TxDep, who: Reads, response: Response) -> UnitOut:
    """One unit."""
    row = await repository.one(tx, units, id, service.unit_reach(tx, who))
    if row is None:
        raise NoSuchUnit()
    etag(response, row.version)
    return unit_out(row)
