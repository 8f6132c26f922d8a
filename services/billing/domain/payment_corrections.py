"""Undoing what was booked, by adding to the books: a reversal, a move to the right unit, a refund.

Nothing that was posted is changed. A reversal posts the opposite, under the value date of the money it undoes, so
that a collection rate of any past day nets to what really came in.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from services.billing.domain.ledger import Posting, balanced
from services.billing.domain.vocabulary import MONEY, PREPAYMENT, RECEIVABLE

REVERSED, MOVED = "reversed", "moved"

ASKED, APPROVED, REFUSED = "asked", "approved", "refused"

GM_FROM_FEN: Final = 5_000_000
"""From 50,000 yuan on, the amount included, only the general manager decides."""


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


def refund(unit_id: UUID, method: str, amount_fen: int) -> Sequence[Posting]:
    """The postings of money given back out of a prepayment."""
    return balanced(
        (Posting(PREPAYMENT, "", unit_id, None, amount_fen), Posting(MONEY, method, unit_id, None, -amount_fen))
    )


class NotYours(ValueError):
    """This person may not decide this refund: ``own`` (they asked for it) or ``above`` (too high for their role)."""


def may_decide(asked_by: UUID, decided_by: UUID, roles: Collection[str], amount_fen: int) -> None:
    """Four eyes on money that goes out.

    Raises:
        NotYours: see there.
    """
    if asked_by == decided_by:
        raise NotYours("own")
    # row: D-083 from 50,000 yuan on nobody below the general manager approves that money goes out
    if amount_fen >= GM_FROM_FEN and "gm" not in roles:
        raise NotYours("above")
