"""By area: square metres x rate per month, the usual way of charging a property fee."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from services.billing.domain.charging import Basis, Example, FeeRule, Line, money_rate
from shared.money import ratio_half_up

_TEXT = {"zh": "物业服务费(按建筑面积)", "en": "Property fee by area"}


@dataclass(frozen=True, slots=True)
class Params:
    """``rate`` is yuan per square metre and month, a positive decimal with at most four places."""

    rate: Decimal

    def __post_init__(self) -> None:
        """Refuse a rate that no contract could name.

        Raises:
            ValueError: the rate is not positive, or finer than a hundredth of a fen.
        """
        money_rate(self.rate)


def lines(params: Params, basis: Basis) -> Sequence[Line]:
    """One line: area x rate x months x share, rounded half-up to the fen once, at its end."""
    area, of_area = basis.area.as_integer_ratio()
    rate, of_rate = params.rate.as_integer_ratio()
    share = basis.share
    amount = ratio_half_up(area * rate * basis.months * share.numerator, of_area * of_rate * share.denominator)
    return (
        Line(
            text=_TEXT,
            quantity=basis.area,
            unit="m2",
            rate=params.rate,
            months=basis.months,
            share=share,
            amount_fen=amount,
        ),
    )


RULE = FeeRule(
    code="area",
    version=1,
    title={"zh": "按面积", "en": "By area"},
    params=Params,
    lines=lines,
)

EXAMPLES = (
    Example(
        says="93.50 m2 at 2.85 yuan is 266.475 yuan, rounded half-up to 266.48",
        params={"rate": "2.85"},
        basis=Basis(area=Decimal("93.50"), use="dwelling"),
        amounts_fen=(26648,),
    ),
    Example(
        says="half a fen goes up: 0.50 m2 at 0.01 yuan is 0.5 fen",
        params={"rate": "0.01"},
        basis=Basis(area=Decimal("0.50"), use="dwelling"),
        amounts_fen=(1,),
    ),
    Example(
        says="three months are rounded once: 0.115 m2 at 1 yuan is 34.5 fen, 35 and not 3 x 12",
        params={"rate": "1"},
        basis=Basis(area=Decimal("0.115"), use="shop", months=3),
        amounts_fen=(35,),
    ),
    Example(
        says="sold on 15 February 2025: 14 of 28 days",
        params={"rate": "3.00"},
        basis=Basis(area=Decimal("100"), use="dwelling", share=Fraction(14, 28)),
        amounts_fen=(15000,),
    ),
)
