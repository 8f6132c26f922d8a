"""Late fee (违约金): so much of the overdue principal a day, after grace days, up to a cap.

A standard of this rule says on which terms a community charges late fees. Late fee runs charge by it, not billing runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.billing.domain.charging import OVERDUE, Basis, Example, FeeRule, Line


@dataclass(frozen=True, slots=True)
class Params:
    """``daily_rate`` of the principal (0.0005 = 0.05 % a day), ``grace_days`` after the due date, ``cap`` in percent
    of the bill."""

    daily_rate: Decimal
    grace_days: int = 0
    cap: Decimal = Decimal(100)

    def __post_init__(self) -> None:
        """Refuse terms that no court would keep.

        Raises:
            ValueError: a rate outside 0..1 % a day or finer than 7 places, negative grace, a cap outside 0..100 %.
        """
        exponent = self.daily_rate.normalize().as_tuple().exponent
        if not (Decimal(0) < self.daily_rate <= Decimal("0.01")) or (isinstance(exponent, int) and exponent < -7):
            raise ValueError("daily_rate: more than 0, at most 0.01 a day, with at most 7 decimal places")
        if not 0 <= self.grace_days <= 365:
            raise ValueError("grace_days: 0 to 365")
        if not (Decimal(0) < self.cap <= Decimal(100)):
            raise ValueError("cap: more than 0, at most 100 percent of the bill")


def lines(params: Params, basis: Basis) -> Sequence[Line]:
    """None: the fee depends on days and payments, see ``domain/late_fees.py``."""
    return ()


RULE = FeeRule(
    code="late_fee",
    version=1,
    title={"zh": "违约金", "en": "Late fee"},
    params=Params,
    lines=lines,
    needs=OVERDUE,
)

EXAMPLES = (
    Example(
        says="a billing run charges no late fee",
        params={"daily_rate": "0.0005", "grace_days": 10, "cap": "100"},
        basis=Basis(Decimal("90"), "dwelling"),
        amounts_fen=(),
    ),
)
