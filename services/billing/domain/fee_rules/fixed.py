"""Fixed: so much a month for each parking space a unit holds, by the day where it holds it for a part only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from services.billing.domain.charging import SPACES, Basis, Example, FeeRule, Line, Space, money_rate
from shared.money import fen_half_up


@dataclass(frozen=True, slots=True)
class Params:
    """``rate`` is yuan per space and month."""

    rate: Decimal

    def __post_init__(self) -> None:
        """Refuse a rate that no contract could name (ValueError)."""
        money_rate(self.rate)


# row: C-072 each space has its line in the parking charge records
def lines(params: Params, basis: Basis) -> Sequence[Line]:
    """A line for each space: rate x months x share, rounded half-up once."""
    return [
        Line(
            text={"zh": f"车位 {space.number}", "en": f"Parking space {space.number}"},
            quantity=Decimal(1),
            unit="space",
            rate=params.rate,
            months=basis.months,
            share=space.share,
            amount_fen=fen_half_up(Fraction(params.rate) * basis.months * space.share),
        )
        for space in basis.spaces
    ]


RULE = FeeRule(
    code="fixed",
    version=1,
    title={"zh": "按车位固定收费", "en": "Fixed per parking space"},
    params=Params,
    lines=lines,
    needs=SPACES,
)

EXAMPLES = (
    Example(
        says="two spaces at 300 yuan, one of them held for 14 of 28 days",
        params={"rate": "300"},
        basis=Basis(
            Decimal("90"), "dwelling", spaces=(Space("A-01", Fraction(1)), Space("A-02", Fraction(14, 28)))
        ),
        amounts_fen=(30000, 15000),
    ),
)
