"""Double entry: every business act is a set of postings that sums to zero.

Amounts are signed fen, debit positive, credit negative. What a unit owes is the sum of its receivable
postings, what it paid in advance the negated sum of its prepayment postings; both can be had as of any
day, because postings are only ever added.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.billing.domain.vocabulary import DEPOSIT, INCOME, MONEY, OTHERS_MONEY, PREPAYMENT, RECEIVABLE, WAIVED


@dataclass(frozen=True, slots=True)
class Posting:
    """One side of an act: ``ledger`` with its ``detail`` (fee kind, payment method), unit, bill, fen."""

    ledger: str
    detail: str
    unit_id: UUID
    bill_id: UUID | None
    amount_fen: int


class Unbalanced(ValueError):
    """A set of postings that does not sum to zero; storing it would lose or invent money."""


def balanced(postings: Sequence[Posting]) -> Sequence[Posting]:
    """The postings, proven to sum to zero.

    Raises:
        Unbalanced: they do not.
    """
    total = sum(posting.amount_fen for posting in postings)
    if total != 0:
        raise Unbalanced(f"postings sum to {total} fen, not to zero")
    return postings


def bill_issued(unit_id: UUID, bill_id: UUID, fee_kind: str, amount_fen: int) -> Sequence[Posting]:
    """A bill: the unit owes, the company has charged, or holds what it will give back."""
    return balanced(
        (
            Posting(RECEIVABLE, fee_kind, unit_id, bill_id, amount_fen),
            Posting(charged_to(fee_kind), fee_kind, unit_id, bill_id, -amount_fen),
        )
    )


def charged_to(fee_kind: str) -> str:
    """The ledger that stands against what is owed: income, or deposits held."""
    return DEPOSIT if fee_kind in OTHERS_MONEY else INCOME


def bill_credited(unit_id: UUID, bill_id: UUID, fee_kind: str, amount_fen: int, *, waived: bool) -> Sequence[Posting]:
    """A credit: the unit owes less, and less was charged; a waiver leaves the charge and shows what was let go."""
    against = WAIVED if waived else charged_to(fee_kind)
    return balanced(
        (
            Posting(against, fee_kind, unit_id, bill_id, amount_fen),
            Posting(RECEIVABLE, fee_kind, unit_id, bill_id, -amount_fen),
        )
    )


def money_released(unit_id: UUID, bill_id: UUID, fee_kind: str, amount_fen: int) -> Sequence[Posting]:
    """Money leaves a bill and stands beside the bills again: the reverse of a prepayment that paid it."""
    return balanced(
        (
            Posting(RECEIVABLE, fee_kind, unit_id, bill_id, amount_fen),
            Posting(PREPAYMENT, "", unit_id, None, -amount_fen),
        )
    )


def deposit_returned(unit_id: UUID, bill_id: UUID, method: str, amount_fen: int) -> Sequence[Posting]:
    """A deposit goes back: less is held, and money went out."""
    return balanced(
        (
            Posting(DEPOSIT, "deposit", unit_id, bill_id, amount_fen),
            Posting(MONEY, method, unit_id, None, -amount_fen),
        )
    )


def payment_received(
    unit_id: UUID,
    method: str,
    amount_fen: int,
    paid: Sequence[tuple[UUID, UUID, str, int]],
    prepaid_fen: int,
) -> Sequence[Posting]:
    """A payment: money came in, bills are owed less, the rest is owed to the unit.

    ``paid`` lists (unit, bill, fee kind, fen); ``unit_id`` is the unit the money is booked to.

    Raises:
        Unbalanced: amount, shares and rest do not add up.
    """
    postings = [Posting(MONEY, method, unit_id, None, amount_fen)]
    postings += [Posting(RECEIVABLE, kind, unit, bill, -fen) for unit, bill, kind, fen in paid]
    if prepaid_fen:
        postings.append(Posting(PREPAYMENT, "", unit_id, None, -prepaid_fen))
    return balanced(postings)


def prepayment_applied(unit_id: UUID, bill_id: UUID, fee_kind: str, amount_fen: int) -> Sequence[Posting]:
    """An earlier prepayment pays a bill: owed to the unit less, owed by the unit less."""
    return balanced(
        (
            Posting(PREPAYMENT, "", unit_id, None, amount_fen),
            Posting(RECEIVABLE, fee_kind, unit_id, bill_id, -amount_fen),
        )
    )
