"""Money that was paid in advance before us: a payment that nobody took in here, with the day on which it was paid."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Final
from uuid import UUID

from services.billing import access
from services.billing.domain.allocation import oldest_first
from services.billing.ledger import repository as ledger
from services.billing.payments import repository, service
from services.billing.payments.repository import Payment
from shared.db.tx import Tx
from shared.ids import uuid7

METHOD: Final = "opening"


async def take_over(
    tx: Tx, community: access.Community, reference: str, unit_id: UUID, payer_id: UUID | None, paid_on: date, fen: int
) -> UUID:
    """Book it once under its reference: open bills are paid, the oldest first, the rest stands beside them.

    Returns the payment's id.
    """
    accounts = await ledger.lock_accounts(tx, community.id, [unit_id])
    met = await repository.standing(tx, [unit_id], METHOD, reference)
    if met.earlier is not None:
        return met.earlier[0]
    shares, rest = oldest_first(fen, met.bills)
    known = {bill.id: bill for bill in met.bills}
    digest = hashlib.sha256(reference.encode()).hexdigest()
    payment = Payment(
        *(uuid7(), community.id, unit_id, payer_id, METHOD, reference, fen, rest, paid_on, paid_on, digest)
    )
    today = tx.now.astimezone(community.zone).date()
    paid = [(known[share.bill_id], share.amount_fen) for share in shares]
    await service.book(tx, payment, paid, accounts, today, dunned=met.dunned)
    return payment.id
