"""What accounts look like on the wire."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from shared.http.schemas import MoneyModel, Output, UtcTime


class AccountOut(Output):
    """A unit's account. `balance` is what is owed less what was paid in advance; negative = in credit."""

    unit_id: UUID
    community_id: UUID
    as_of: date
    owed: MoneyModel
    prepayment: MoneyModel
    balance: MoneyModel


class PostingOut(Output):
    """One side of an entry on the unit's account: debit positive, credit negative."""

    id: UUID
    act: str
    act_id: UUID
    ledger: str
    detail: str
    bill_id: UUID | None
    amount: MoneyModel
    booked_on: date
    booked_at: UtcTime
