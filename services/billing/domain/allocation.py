"""Which bills a payment pays.

Money goes to the oldest due bill first and to late fees last, or as the payer told; never more to a bill than is open
on it; what is left stands beside the bills as a prepayment of the unit and pays later bills, the prepayment
with the earliest value date first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

AFTER_THE_REST: Final = frozenset({"late_fee"})
"""Fee kinds that wait until everything else is paid: a payment stops what they grow from, whoever takes it."""


@dataclass(frozen=True, slots=True)
class OpenBill:
    """An issued bill with money still open on it (fen)."""

    id: UUID
    due_date: date
    number: str
    open_fen: int
    fee_kind: str


@dataclass(frozen=True, slots=True)
class Prepaid:
    """A payment's money that no bill has used yet (fen), with the value date it keeps."""

    id: UUID
    value_date: date
    open_fen: int


@dataclass(frozen=True, slots=True)
class Told:
    """What the payer said: so many fen to that bill."""

    bill_id: UUID
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Share:
    """So many fen go to that bill."""

    bill_id: UUID
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Applied:
    """So many fen of that prepayment go to that bill."""

    prepaid_id: UUID
    bill_id: UUID
    amount_fen: int


class Refused(ValueError):
    """What was told cannot be done; ``index`` is the instruction's place in the list, ``None`` = all."""

    def __init__(self, reason: str, index: int | None = None, *, open_fen: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.index = index
        self.open_fen = open_fen


def in_order(bills: Sequence[OpenBill]) -> list[OpenBill]:
    """Principal before late fees, the oldest due first; bills due on one day by number, so that the order is the same
    for everybody."""
    return sorted(bills, key=lambda bill: (bill.fee_kind in AFTER_THE_REST, bill.due_date, bill.number, bill.id))


def oldest_first(amount_fen: int, bills: Sequence[OpenBill]) -> tuple[list[Share], int]:
    """Spread ``amount_fen`` over the open bills, oldest due first; returns the shares and the rest (fen).

    The shares and the rest always add up to the amount, and no share exceeds what is open on its bill.

    Raises:
        ValueError: the amount is negative.
    """
    if amount_fen < 0:
        raise ValueError("an amount is not negative")
    rest, shares = amount_fen, []
    for bill in in_order(bills):
        take = min(rest, bill.open_fen)
        if take > 0:
            shares.append(Share(bill.id, take))
            rest -= take
    return shares, rest


def as_told(amount_fen: int, told: Sequence[Told], bills: Mapping[UUID, OpenBill]) -> tuple[list[Share], int]:
    """Allocate exactly as told; returns the shares and the rest (fen), which becomes prepayment.

    Raises:
        Refused: ``unknown_bill``, ``twice`` (one bill named twice), ``not_positive``, ``above_open``
            (more than the bill's open amount), ``above_amount`` (more in all than was paid).
    """
    seen: set[UUID] = set()
    for index, item in enumerate(told):
        bill = bills.get(item.bill_id)
        if bill is None:
            raise Refused("unknown_bill", index)
        if item.bill_id in seen:
            raise Refused("twice", index)
        if item.amount_fen <= 0:
            raise Refused("not_positive", index)
        if item.amount_fen > bill.open_fen:
            raise Refused("above_open", index, open_fen=bill.open_fen)
        seen.add(item.bill_id)
    total = sum(item.amount_fen for item in told)
    if total > amount_fen:
        raise Refused("above_amount")
    return [Share(item.bill_id, item.amount_fen) for item in told], amount_fen - total


def apply_prepaid(prepaid: Sequence[Prepaid], bills: Sequence[OpenBill]) -> list[Applied]:
    """Pay open bills (oldest due first) out of prepayments (earliest value date first)."""
    sources = [[credit, credit.open_fen] for credit in sorted(prepaid, key=lambda c: (c.value_date, c.id))]
    applied: list[Applied] = []
    for bill in in_order(bills):
        wanted = bill.open_fen
        for source in sources:
            credit, left = source
            assert isinstance(credit, Prepaid) and isinstance(left, int)  # narrows the pair for mypy
            take = min(wanted, left)
            if take > 0:
                applied.append(Applied(credit.id, bill.id, take))
                source[1] = left - take
                wanted -= take
    return applied
