"""What org units, communities, buildings and units look like on the wire."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Self
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, ConfigDict, Field, model_validator
from sqlalchemy import Row as DbRow

from services.ticketing.register.schemas import Area, Bulk, EntityOut, Name, Reference, Row
from shared.http.schemas import LocalDate


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as problem:
        raise ValueError("should be a time zone such as Asia/Shanghai") from problem
    return value


class OrgUnitIn(Row):
    """An org unit; without a parent it hangs below the organisation itself."""

    name: Name
    kind: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$", examples=["region"])]
    parent: Reference | None = None


class CommunityIn(Row):
    """A community (小区/项目); without an org unit it hangs below the organisation itself."""

    name: Name
    org_unit: Reference | None = None
    timezone: Annotated[str, Field(max_length=64), AfterValidator(_zone)] = "Asia/Shanghai"
    address: Annotated[str, Field(max_length=400)] | None = None


class BuildingIn(Row):
    """A building of a community."""

    community: Reference
    name: Name


class UnitIn(Row):
    """A unit. Dates are local days, the last one included."""

    community: Reference
    building: Reference | None = None
    number: Annotated[str, Field(min_length=1, max_length=80, examples=["1-1203"])]
    area: Area
    use: Literal["dwelling", "shop", "parking", "office"] = "dwelling"
    sold_on: LocalDate | None = None
    occupied_from: LocalDate | None = None
    occupied_to: LocalDate | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.occupied_to is not None and (self.occupied_from is None or self.occupied_to < self.occupied_from):
            raise ValueError("occupied_to needs an occupied_from that is not later")
        return self


class OrgUnitsBulk(Bulk[OrgUnitIn]):
    """Org units of one source; a parent may stand anywhere in the same request."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"source": "erp", "items": [{"external_id": "HZ", "name": "杭州分公司", "kind": "branch"}]}
            ]
        }
    )


class CommunitiesBulk(Bulk[CommunityIn]):
    """Communities of one source."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"source": "erp", "items": [{"external_id": "CX", "name": "翠溪花园", "org_unit": "HZ"}]}
            ]
        }
    )


class BuildingsBulk(Bulk[BuildingIn]):
    """Buildings of one source."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"source": "erp", "items": [{"external_id": "CX-1", "community": "CX", "name": "1幢"}]}]
        }
    )


class UnitsBulk(Bulk[UnitIn]):
    """Units of one source."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "source": "erp",
                    "items": [
                        {
                            "external_id": "CX-1-1203",
                            "community": "CX",
                            "building": "CX-1",
                            "number": "1-1203",
                            "area": "93.50",
                            "use": "dwelling",
                            "occupied_from": "2019-06-01",
                        }
                    ],
                }
            ]
        }
    )


class OrgUnitOut(EntityOut):
    """An org unit; ``path`` are its ancestors from the organisation down, itself last."""

    name: str
    kind: str
    parent_id: UUID | None
    path: list[UUID]


class CommunityOut(EntityOut):
    """A community; ``path`` is its org unit's."""

    name: str
    org_unit_id: UUID
    path: list[UUID]
    timezone: str
    address: str | None


class BuildingOut(EntityOut):
    """A building."""

    community_id: UUID
    name: str


class UnitOut(EntityOut):
    """A unit; ``area`` in square metres."""

    community_id: UUID
    building_id: UUID | None
    number: str
    area: str
    use: str
    sold_on: date | None
    occupied_from: date | None
    occupied_to: date | None


def _entity(row: DbRow[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "version": row.version,
        "source": row.source,
        "external_id": row.external_id,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def org_unit_out(row: DbRow[Any]) -> OrgUnitOut:
    """A stored org unit as it is answered."""
    return OrgUnitOut(
        **_entity(row), name=row.name, kind=row.kind, parent_id=row.parent_id, path=list(row.path)
    )


def community_out(row: DbRow[Any]) -> CommunityOut:
    """A stored community as it is answered."""
    return CommunityOut(
        **_entity(row),
        name=row.name,
        org_unit_id=row.org_unit_id,
        path=list(row.path),
        timezone=row.timezone,
        address=row.address,
    )


def building_out(row: DbRow[Any]) -> BuildingOut:
    """A stored building as it is answered."""
    return BuildingOut(**_entity(row), community_id=row.community_id, name=row.name)


def unit_out(row: DbRow[Any]) -> UnitOut:
    """A stored unit as it is answered."""
    return UnitOut(
        **_entity(row),
        community_id=row.community_id,
        building_id=row.building_id,
        number=row.number,
        area=f"{row.area:.2f}",
        use=row.use,
        sold_on=row.sold_on,
        occupied_from=row.occupied_from,
        occupied_to=row.occupied_to,
    )
