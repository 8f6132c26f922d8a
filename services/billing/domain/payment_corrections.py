"""Undoing what was booked, by adding to the books: a reversal, or a move to the right unit.

Nothing that was posted is changed. A reversal posts the opposite, under the value date of the money it undoes, so
that a collection rate of any past day nets to what really came in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.billing.domain.ledger import Posting, balanced
from services.billing.domain.vocabulary import MONEY, PREPAYMENT, RECEIVABLE

REVERSED, MOVED = "reversed", "moved"


@dataclass(frozen=True, slots=True)
class OnBill:
    """Money of a payment that stands on a bill now, in fen."""

    unit_id: UUID
    bill_id: UUID
    fee_kind: str
    fen: int


def reversal(
    unit_id: UUID, method: str, on_bills: Sequence[OnBill], prepaid_unit: UUID, prepaid_fen: int
) -> Sequence[Posting]:
    """The postings that undo a payment: bills are owed again, nothing stands beside, the money is not there.

    ``unit_id`` is the unit the payment was booked to, ``prepaid_unit`` the one its rest stands on.
    """
    postings = [Posting(RECEIVABLE, item.fee_kind, item.unit_id, item.bill_id, item.fen) for item in on_bills]
    if prepaid_fen:
        postings.append(Posting(PREPAYMENT, "", prepaid_unit, None, prepaid_fen))
    total = sum(item.fen for item in on_bills) + prepaid_fen
    return balanced([*postings, Posting(MONEY, method, unit_id, None, -total)])
