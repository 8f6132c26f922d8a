"""What corrects an issued bill, and when somebody else has to agree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

CREDIT, WAIVER = "credit", "waiver"
"""It was charged wrongly, and income falls; it was charged rightly, and is let go."""

PENDING, APPLIED, REFUSED = "pending", "applied", "refused"

FREE_UP_TO_FEN = 20_000
"""Credits of a bill up to 200.00 yuan in all need nobody else: a corrected typo should not wait for a manager."""

DEDUCTION_DAY = 25
"""The day of the month on which the bank is told what to collect, unless a slip says otherwise."""


@dataclass(frozen=True, slots=True)
class Balance:
    """A bill as it stands: issued for ``amount_fen``, of which ``open_fen`` is owed and ``credited_fen`` credited."""

    amount_fen: int
    open_fen: int
    credited_fen: int


class TooMuch(ValueError):
    """More than is left of the bill to credit (fen)."""

    def __init__(self, left_fen: int) -> None:
        super().__init__(f"at most {left_fen} fen can be credited")
        self.left_fen = left_fen


def needs_approval(kind: str, amount_fen: int, bill: Balance) -> bool:
    """Whether a credit is somebody else's to decide: always for a waiver, else from an amount on.

    What was credited of the bill before counts with it, so that nobody gets round it in small steps.
    """
    return kind == WAIVER or bill.credited_fen + amount_fen > FREE_UP_TO_FEN


def to_release(amount_fen: int, bill: Balance) -> int:
    """How much money has to leave the bill before it can be credited: what the credit exceeds the open amount by.

    Raises:
        TooMuch: the bill would come to less than nothing.
    """
    left = bill.amount_fen - bill.credited_fen
    if amount_fen > left:
        raise TooMuch(left)
    return max(0, amount_fen - bill.open_fen)


def release(wanted_fen: int, paid: Iterable[tuple[UUID, int]]) -> list[tuple[UUID, int]]:
    """Which payments give how much back, the latest first; ``paid`` is in the order the money came.

    Raises:
        ValueError: there is not so much money on the bill.
    """
    found = []
    for payment, fen in reversed(list(paid)):
        take = min(wanted_fen, fen)
        if take > 0:
            found.append((payment, take))
            wanted_fen -= take
    if wanted_fen:
        raise ValueError(f"{wanted_fen} fen more than was paid")
    return found


def deduction_run(served_on: date, day: int, zone: ZoneInfo) -> datetime:
    """When the bank is next told what to collect after a service: 00:00 of ``day`` (1..28), in the community's zone.

    A service of the day itself waits for the next month's run, whose list is made from then on.
    """
    month = served_on.year * 12 + served_on.month - 1 + (served_on.day >= day)
    return datetime.combine(date(month // 12, month % 12 + 1, day), time.min, zone)


def in_time(posted_at: datetime, run_at: datetime) -> bool:
    """Whether a slip was posted before the run that collects it."""
    return posted_at < run_at  # row: B-074 the amount has to be posted before the deduction run
