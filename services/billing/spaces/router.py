"""``/billing/v1/parking-holdings``."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Response
from sqlalchemy import Row

from services.billing.spaces import service
from services.billing.spaces.schemas import EndIn, HoldingIn, HoldingOut
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, created, page_of, problems, service_router

router = service_router(prefix="/v1/parking-holdings", tags=["parking spaces"])

Reads = Annotated[Principal, allow("parking.read")]
Writes = Annotated[Principal, allow("parking.write")]


def present(row: Row[Any]) -> HoldingOut:
    """A holding as it goes out."""
    return HoldingOut(**{name: getattr(row, name) for name in HoldingOut.model_fields})


@router.post("", status_code=201, operation_id="hold_parking_space", responses=problems(404, 409))
async def hold_parking_space(body: HoldingIn, tx: TxDep, who: Writes, response: Response) -> HoldingOut:
    """A unit holds a parking space from a day on; whoever held it openly until then gives it up the day before."""
    row = await service.hold(tx, who, body)
    created(response, f"/billing/v1/parking-holdings?unit_id={row.unit_id}")
    return present(row)


@router.post("/{holding_id}/end", operation_id="end_parking_holding", responses=problems(404, 409))
async def end_parking_holding(holding_id: UUID, body: EndIn, tx: TxDep, who: Writes) -> HoldingOut:
    """A unit gives its parking space up; the day given is the last one it pays for."""
    return present(await service.end(tx, who, holding_id, body.until))


@router.get("", operation_id="list_parking_holdings")
async def list_parking_holdings(
    tx: TxDep, who: Reads, page: PageDep, community_id: UUID | None = None, unit_id: UUID | None = None
) -> Page[HoldingOut]:
    """Who holds and held which parking space; residents see those of their own dwellings."""
    after = page.after.uuid() if page.after else None
    rows = await service.page(tx, who, community_id, unit_id, after, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, present)
