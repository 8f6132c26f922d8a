"""Metered: what the meters of a unit counted, dearer tier by tier where the tariff has tiers.

The limits of tiers are per month: where a reading is missing, the next one covers several months, and the
household keeps the cheap tiers of each of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from services.billing.domain.charging import METERS, Basis, Consumption, Example, FeeRule, Line, money_rate
from shared.money import fen_half_up


@dataclass(frozen=True, slots=True)
class Tier:
    """``rate`` yuan per unit of measure, up to ``up_to`` a month (the last tier has no end)."""

    rate: Decimal
    up_to: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Params:
    """The tiers, the cheapest consumption first; a flat tariff is one tier without an end."""

    tiers: tuple[Tier, ...]

    def __post_init__(self) -> None:
        """Refuse tiers that leave consumption without a price.

        Raises:
            ValueError: no tier, a rate that is no rate, limits that do not rise, or an end in the wrong place.
        """
        if not self.tiers:
            raise ValueError("tiers must not be empty")
        for tier in self.tiers:
            money_rate(tier.rate, "rate of a tier")
        limits = [tier.up_to for tier in self.tiers[:-1]]
        if self.tiers[-1].up_to is not None or any(limit is None for limit in limits):
            raise ValueError("tiers: up_to belongs to every tier but the last")
        rising = [Decimal(0), *(limit for limit in limits if limit is not None)]
        if any(not (below < above) for below, above in pairwise(rising)):
            raise ValueError("tiers: up_to must rise")


# row: C-071 water is charged to units and households by what their meters counted
def lines(params: Params, basis: Basis) -> Sequence[Line]:
    """A line for each meter and tier it reached: usage in the tier x rate, rounded half-up once."""
    return [line for meter in basis.meters for line in _of_meter(params, meter)]


def _of_meter(params: Params, meter: Consumption) -> list[Line]:
    found = []
    below = Decimal(0)
    for place, tier in enumerate(params.tiers, start=1):
        limit = meter.usage if tier.up_to is None else min(meter.usage, tier.up_to * meter.months)
        inside = limit - below
        if inside > 0:
            zh, en = f"表 {meter.meter}", f"Meter {meter.meter}"
            if len(params.tiers) > 1:
                zh, en = f"{zh} 第{place}档", f"{en}, tier {place}"
            found.append(
                Line(
                    text={"zh": zh, "en": en},
                    quantity=inside,
                    unit=meter.unit,
                    rate=tier.rate,
                    months=1,
                    share=Fraction(1),
                    amount_fen=fen_half_up(Fraction(inside) * Fraction(tier.rate)),
                )
            )
            below = limit
    return found


RULE = FeeRule(
    code="metered",
    version=1,
    title={"zh": "按表计量", "en": "Metered"},
    params=Params,
    lines=lines,
    needs=METERS,
)

_TIERS = {"tiers": [{"rate": "2.67", "up_to": "22"}, {"rate": "3.43", "up_to": "30"}, {"rate": "5.74"}]}

EXAMPLES = (
    Example(
        says="33 cubic metres: 22 in the first tier, 8 in the second, 3 in the third",
        params=_TIERS,
        basis=Basis(Decimal("90"), "dwelling", meters=(Consumption("W-1", "m3", Decimal("33")),)),
        amounts_fen=(5874, 2744, 1722),
    ),
    Example(
        says="the same after a month without a reading: the first tier holds 44",
        params=_TIERS,
        basis=Basis(Decimal("90"), "dwelling", meters=(Consumption("W-1", "m3", Decimal("33"), 2),)),
        amounts_fen=(8811,),
    ),
    Example(
        says="a meter that counted nothing has no line",
        params=_TIERS,
        basis=Basis(Decimal("90"), "dwelling", meters=(Consumption("W-1", "m3", Decimal("0")),)),
        amounts_fen=(),
    ),
    Example(
        says="a multiplier is in the usage already: 40 x 1.5 kWh at one price",
        params={"tiers": [{"rate": "0.5469"}]},
        basis=Basis(Decimal("90"), "shop", meters=(Consumption("E-9", "kWh", Decimal("60.0")),)),
        amounts_fen=(3281,),
    ),
)
