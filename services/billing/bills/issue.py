"""Issuing one bill by itself: a slip, a deposit, a late fee, or what a bill of before was too low by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from services.billing import access
from services.billing.bills import repository
from services.billing.collection.close import watch_quarter
from services.billing.domain import ledger as entries
from services.billing.domain.charging import Line, total_fen
from services.billing.domain.payers import payer_of
from services.billing.ledger import repository as ledger
from services.billing.ledger.service import use_prepayments
from shared.db.tx import Tx
from shared.ids import uuid7
from shared.periods import month_of

SUPPLEMENTARY, SLIP, DEPOSIT, LATE_FEE = "supplementary", "slip", "deposit", "late_fee"
OPENING = "opening"
"""A debt from before the first bill of ours; whoever tells owners of bills leaves it out."""


@dataclass(frozen=True, slots=True)
class Single:
    """A bill to be issued by itself; its amount is the sum of its lines."""

    unit_id: UUID
    payer_id: UUID | None
    fee_kind: str
    due_date: date
    lines: Sequence[Line]
    source: str
    source_id: UUID | None
    period: str | None = None
    """Its month where that is not the month of its due date."""


def line(zh: str, en: str, amount_fen: int) -> Line:
    """A line of one thing at its price."""
    return Line({"zh": zh, "en": en}, Decimal(1), "item", Decimal(amount_fen) / 100, 1, Fraction(1), amount_fen)


async def payer_on(tx: Tx, unit_id: UUID, day: date) -> UUID | None:
    """Who pays for a unit on a day, if somebody does."""
    return payer_of(await repository.relations(tx, unit_id), day, date.fromordinal(day.toordinal() + 1))


async def issue(tx: Tx, community: access.Community, bill: Single) -> UUID:
    """Issue the bill: rows, postings, event; prepayments pay it at once. Returns its id."""
    today = tx.now.astimezone(community.zone).date()
    period = bill.period or str(month_of(bill.due_date))
    amount = total_fen(bill.lines)
    assert amount > 0  # the callers refuse what charges nothing
    accounts = await ledger.lock_accounts(tx, community.id, [bill.unit_id])
    bill_id = uuid7()
    number = f"B{period.replace('-', '')}-{await tx.number(f'bill.{period}'):06d}"
    values: dict[str, Any] = {
        "id": bill_id,
        "number": number,
        "community_id": community.id,
        "unit_id": bill.unit_id,
        "payer_id": bill.payer_id,
        "part": 0,
        "source": bill.source,
        "source_id": bill.source_id,
        "fee_kind": bill.fee_kind,
        "period": period,
        "due_date": bill.due_date,
        "amount_fen": amount,
        "issued_at": tx.now,
    }
    await repository.add(tx, values, bill.lines, bill.source)
    postings = entries.bill_issued(bill.unit_id, bill_id, bill.fee_kind, amount)
    await ledger.post(tx, community.id, today, [("bill", bill_id, postings)])
    accounts[bill.unit_id].receivable_fen += amount
    tx.audit("bill.issued", "bill", bill_id, after={"source": bill.source, "amount_fen": amount})
    tx.emit(
        "bill.issued.v1",
        subject=bill_id,
        seq=1,
        community_id=community.id,
        data={
            "bill_id": str(bill_id),
            "number": number,
            "unit_id": str(bill.unit_id),
            "payer_id": str(bill.payer_id) if bill.payer_id else None,
            "fee_kind": bill.fee_kind,
            "period": period,
            "due_date": bill.due_date.isoformat(),
            "amount_fen": amount,
            "standard": bill.source,
        },
    )
    watch_quarter(tx, community.id, bill.fee_kind, bill.due_date, community.zone)
    await use_prepayments(tx, community.id, accounts, today)
    await ledger.save_accounts(tx, accounts.values())
    return bill_id
