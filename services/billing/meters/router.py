"""``/billing/v1/meters`` and ``/billing/v1/meter-readings``."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from sqlalchemy import Row

from services.billing.meters import service
from services.billing.meters.schemas import MeterIn, MeterOut, ReadingOut, ReadingsIn, ReadingsOut
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, created, page_of, problems, service_router

router = service_router(prefix="/v1", tags=["meters"])

Reads = Annotated[Principal, allow("meter.read")]
Writes = Annotated[Principal, allow("meter.write")]


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f")


def present(row: Row[Any]) -> MeterOut:
    """A meter as it goes out."""
    values = {name: getattr(row, name) for name in MeterOut.model_fields}
    return MeterOut(
        **{**values, "multiplier": _plain(row.multiplier), "start_reading": _plain(row.start_reading)},
    )


def _reading(row: Row[Any]) -> ReadingOut:
    return ReadingOut(
        id=row.id,
        meter_id=row.meter_id,
        unit_id=row.unit_id,
        period=row.period,
        reading=_plain(row.reading),
        read_on=row.read_on,
    )


@router.post("/meters", status_code=201, operation_id="add_meter", responses=problems(404, 409))
async def add_meter(body: MeterIn, tx: TxDep, who: Writes, response: Response) -> MeterOut:
    """Install a meter, in the place of another one if it `replaces` it."""
    row = await service.add(tx, who, body)
    created(response, f"/billing/v1/meters?unit_id={row.unit_id}")
    return present(row)


@router.get("/meters", operation_id="list_meters")
async def list_meters(
    tx: TxDep, who: Reads, page: PageDep, community_id: UUID | None = None, unit_id: UUID | None = None
) -> Page[MeterOut]:
    """Meters, in the order they were made; residents see those of their own dwellings."""
    after = page.after.uuid() if page.after else None
    rows = await service.page(tx, who, community_id, unit_id, after, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, present)


@router.post("/meter-readings", operation_id="record_meter_readings", responses=problems(404, 409))
async def record_meter_readings(body: ReadingsIn, tx: TxDep, who: Writes) -> ReadingsOut:
    """Record readings, up to 5,000 at once. Each wrong one is named by its path, and then none is stored."""
    stored, corrected, unchanged = await service.record(tx, who, body)
    return ReadingsOut(stored=stored, corrected=corrected, unchanged=unchanged)


@router.get("/meter-readings", operation_id="list_meter_readings")
async def list_meter_readings(
    tx: TxDep,
    who: Reads,
    page: PageDep,
    community_id: UUID | None = None,
    period: Annotated[str | None, Query(pattern=r"^\d{4}-\d{2}$")] = None,
) -> Page[ReadingOut]:
    """Readings, in the order they were made."""
    after = page.after.uuid() if page.after else None
    rows = await service.readings_page(tx, who, community_id, period, after, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, _reading)
