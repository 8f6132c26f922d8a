"""Reading bills within one's reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.billing import access, residents
from services.billing.bills import repository
from services.billing.bills.schemas import Wanted
from services.billing.errors import NoSuchBill, NoSuchUnit
from services.billing.models import bills
from shared.auth import Principal
from shared.db.tx import Tx


@dataclass(frozen=True, slots=True)
class Detail:
    """A bill with its lines and the money on it."""

    bill: Row[Any]
    lines: Sequence[Row[Any]]
    paid: Sequence[Row[Any]]


async def get(tx: Tx, who: Principal, bill_id: UUID) -> Detail:
    """One bill.

    Raises:
        NoSuchBill: unknown, or outside the caller's reach.
    """
    row = await repository.get(tx, bill_id)
    if row is None:
        raise NoSuchBill()
    try:
        await access.unit_community(tx, who, row.unit_id)
    except NoSuchUnit:
        raise NoSuchBill() from None
    if not await residents.is_own(tx, who, row.unit_id, row.issued_at, row.payer_id):
        raise NoSuchBill()
    return Detail(row, await repository.lines(tx, bill_id), await repository.paid(tx, bill_id))


async def page(tx: Tx, who: Principal, wanted: Wanted, before: UUID | None, limit: int) -> Sequence[Row[Any]]:
    """Bills within the caller's reach, the latest issued first."""
    reach = access.within_reach(tx, who, bills.c.unit_id, bills.c.community_id)
    reach += await residents.own_time(tx, who, bills.c.unit_id, bills.c.issued_at, bills.c.payer_id)
    conditions = [*reach, *repository.conditions(wanted)]
    return await repository.page(tx, conditions, before, limit)
