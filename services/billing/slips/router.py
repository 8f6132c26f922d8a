"""``/billing/v1/service-slips``."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import Row

from services.billing.domain.corrections import in_time
from services.billing.slips import service
from services.billing.slips.schemas import SlipOut
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, page_of, service_router
from shared.http.schemas import MoneyModel

router = service_router(prefix="/v1/service-slips", tags=["service slips"])


def present(row: Row[Any]) -> SlipOut:
    """A slip as it goes out."""
    same = (name for name in SlipOut.model_fields if name not in ("amount", "in_time"))
    return SlipOut(
        **{name: getattr(row, name) for name in same},
        amount=MoneyModel.of_fen(row.amount_fen),
        in_time=in_time(row.posted_at, row.run_at),
    )


@router.get("", operation_id="list_service_slips")
async def list_service_slips(
    tx: TxDep,
    who: Annotated[Principal, allow("bill.read")],
    page: PageDep,
    community_id: UUID | None = None,
    unit_id: UUID | None = None,
) -> Page[SlipOut]:
    """Slips that owners confirmed, the latest first; residents see those of their own dwellings."""
    before = page.after.uuid() if page.after else None
    rows = await service.page(tx, who, community_id, unit_id, before, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, present)
