"""``/billing/v1/accounts``."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from sqlalchemy import Row

from services.billing.accounts import service
from services.billing.accounts.schemas import AccountOut, PostingOut
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, page_of, problems, service_router
from shared.http.schemas import LocalDate, MoneyModel
from shared.ids import uuid7_time

router = service_router(prefix="/v1/accounts", tags=["accounts"])

Who = Annotated[Principal, allow("account.read")]


@router.get("/{unit_id}", operation_id="get_account", responses=problems(404))
async def get_account(
    unit_id: UUID,
    tx: TxDep,
    who: Who,
    as_of: Annotated[LocalDate | None, Query(description="End of a past local date, by booking date")] = None,
) -> AccountOut:
    """What a unit owes and has paid in advance, now or as of a past date."""
    found = await service.statement(tx, who, unit_id, as_of)
    return AccountOut(
        unit_id=found.unit_id,
        community_id=found.community_id,
        as_of=found.as_of,
        owed=MoneyModel.of_fen(found.owed_fen),
        prepayment=MoneyModel.of_fen(found.prepaid_fen),
        balance=MoneyModel.of_fen(found.owed_fen - found.prepaid_fen),
    )


@router.get("/{unit_id}/entries", operation_id="list_account_entries", responses=problems(404))
async def list_account_entries(unit_id: UUID, tx: TxDep, who: Who, page: PageDep) -> Page[PostingOut]:
    """The postings behind the account, the latest first."""
    before = page.after.uuid() if page.after else None
    rows = await service.entries(tx, who, unit_id, before, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, _present)


def _present(row: Row[Any]) -> PostingOut:
    return PostingOut(
        id=row.id,
        act=row.act,
        act_id=row.act_id,
        ledger=row.ledger,
        detail=row.detail,
        bill_id=row.bill_id,
        amount=MoneyModel.of_fen(row.amount_fen),
        booked_on=row.booked_on,
        booked_at=uuid7_time(row.id),
    )
