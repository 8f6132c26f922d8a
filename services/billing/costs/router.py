"""``/billing/v1/shared-costs``."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from sqlalchemy import Row

from services.billing.costs import service
from services.billing.costs.schemas import CostIn, CostOut
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, created, page_of, problems, service_router
from shared.http.schemas import MoneyModel

router = service_router(prefix="/v1/shared-costs", tags=["shared costs"])


def present(row: Row[Any]) -> CostOut:
    """A shared cost as it goes out."""
    return CostOut(
        id=row.id,
        community_id=row.community_id,
        standard_id=row.standard_id,
        period=row.period,
        total=MoneyModel.of_fen(row.total_fen),
        parts_total=MoneyModel.of_fen(int(row.parts_fen)),
        units=row.units,
        note=row.note,
        created_at=row.created_at,
    )


@router.post("", status_code=201, operation_id="enter_shared_cost", responses=problems(404, 409))
async def enter_shared_cost(
    body: CostIn, tx: TxDep, who: Annotated[Principal, allow("charge_standard.write")], response: Response
) -> CostOut:
    """Enter what a month cost; it is split to the fen over the units of the standard, and billed by its next run."""
    row = await service.enter(tx, who, body)
    created(response, f"/billing/v1/shared-costs?community_id={row.community_id}&period={row.period}")
    return present(row)


@router.get("", operation_id="list_shared_costs")
async def list_shared_costs(
    tx: TxDep,
    who: Annotated[Principal, allow("charge_standard.read")],
    page: PageDep,
    community_id: UUID | None = None,
    period: Annotated[str | None, Query(pattern=r"^\d{4}-\d{2}$")] = None,
) -> Page[CostOut]:
    """Shared costs, the latest entered first."""
    before = page.after.uuid() if page.after else None
    rows = await service.page(tx, who, community_id, period, before, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, present)
