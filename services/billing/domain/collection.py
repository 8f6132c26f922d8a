"""The collection rate of a natural quarter: one definition for the number and for its evidence.

Default reading (AMB-016, AMB-114): of the bills of the named fee kinds that fall due in the quarter, the
money allocated to them that was credited to the company by the quarter's last day 24:00, earlier
prepayments included. Money for other bills, overpayments and later money stand beside it.
``literal``: all money of these fee kinds credited inside the quarter, whichever bills it pays.
The date of money is the value date (``settled``, the default) or the day the payer paid (``paid``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from shared.money import round_half_up

SETTLED, PAID = "settled", "paid"
CASH_BASES: tuple[str, ...] = (SETTLED, PAID)
DUE_IN_PERIOD, LITERAL = "due_in_period", "literal"
READINGS: tuple[str, ...] = (DUE_IN_PERIOD, LITERAL)


@dataclass(frozen=True, slots=True)
class Billed:
    """Bills due on one day: how many and their sum in fen (one bill is the case of count 1); ``credited_fen`` of it was
    charged wrongly and credited."""

    due_date: date
    amount_fen: int
    bills: int = 1
    credited_fen: int = 0


@dataclass(frozen=True, slots=True)
class Credited:
    """Money allocated to bills due on ``due_date`` and credited on ``on`` (value date or day paid), fen."""

    due_date: date
    on: date
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Rate:
    """The rate as an exact fraction with everything that stands beside it; amounts in fen.

    ``other_bills_fen``: credited in the quarter, but for bills not due in it; ``later_fen``: for the
    quarter's bills, but credited after its end; ``overpaid_fen``: credited by the quarter's end and not
    used by any bill.
    """

    reading: str
    numerator_fen: int
    denominator_fen: int
    bills: int
    other_bills_fen: int
    later_fen: int
    overpaid_fen: int

    @property
    def exact(self) -> Fraction | None:
        """Numerator over denominator; ``None`` when nothing was due (``no_data``, RR8)."""
        # row: F-048 an exact fraction
        return Fraction(self.numerator_fen, self.denominator_fen) if self.denominator_fen else None

    @property
    def percent(self) -> str | None:
        """For display only: percent with two decimals, half-up (AMB-108). Comparisons use ``exact``."""
        # row: AMB-108 shown with two decimals, half-up
        return None if self.exact is None else f"{round_half_up(self.exact * 100, 2):.2f}"


def counts(reading: str, start: date, end: date, due_date: date, on: date) -> bool:
    """Whether money credited ``on`` a day for a bill due on ``due_date`` counts in ``[start, end)``.

    Raises:
        ValueError: an unknown reading.
    """
    if reading == DUE_IN_PERIOD:
        # row: B-072, C-066, AMB-016, AMB-114 bills due in the quarter, money credited by its last day
        return start <= due_date < end and on < end
    if reading == LITERAL:
        return start <= on < end
    raise ValueError(f"unknown reading {reading!r}")


def collection_rate(
    start: date,
    end: date,
    billed: Iterable[Billed],
    credited: Iterable[Credited],
    *,
    reading: str = DUE_IN_PERIOD,
    overpaid_fen: int = 0,
) -> Rate:
    """The collection rate of ``[start, end)`` (local dates, end exclusive); F-048, B-072.

    ``billed`` and ``credited`` may hold bills and money outside the period: they are sorted out here,
    so that callers cannot disagree on what counts. Neither order nor grouping changes the result.
    """
    denominator = bills = 0
    for item in billed:
        if start <= item.due_date < end:
            # A bill counts as it should have been; a waiver is no correction and stays in.
            denominator += item.amount_fen - item.credited_fen
            bills += item.bills
    numerator = other = later = 0
    for money in credited:
        due_here, on_here = start <= money.due_date < end, start <= money.on < end
        if counts(reading, start, end, money.due_date, money.on):
            numerator += money.amount_fen
        # row: AMB-016 money for other bills stands beside
        if on_here and not due_here:
            other += money.amount_fen
        if due_here and money.on >= end:
            later += money.amount_fen
    return Rate(reading, numerator, denominator, bills, other, later, overpaid_fen)
