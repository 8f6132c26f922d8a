"""Shared cost (公摊): the total of a period over all units, by area or by head, to the fen.

The split is made once, when the total is entered, over all units together: parts that were rounded one by one would
not add up to what the company paid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from services.billing.domain.charging import COST, Allotment, Basis, Example, FeeRule, Line


@dataclass(frozen=True, slots=True)
class Params:
    """``by``: ``area`` (square metres) or ``count`` (each unit alike)."""

    by: Literal["area", "count"] = "area"


def lines(params: Params, basis: Basis) -> Sequence[Line]:
    """One line: the unit's part of the split; its rate is the total in yuan, its share the unit's of all weights."""
    part = basis.allotment
    if part is None:
        return ()
    return (
        Line(
            text={"zh": "公共费用分摊", "en": "Part of a shared cost"},
            quantity=part.weight,
            unit=part.unit,
            rate=Decimal(part.total_fen) / 100,
            months=1,
            share=part.share,
            amount_fen=part.amount_fen,
        ),
    )


RULE = FeeRule(
    code="shared_cost",
    version=1,
    title={"zh": "费用分摊", "en": "Shared cost"},
    params=Params,
    lines=lines,
    needs=COST,
)

EXAMPLES = (
    Example(
        says="100.00 yuan over three alike: this one bears the fen that is left over",
        params={"by": "count"},
        basis=Basis(
            Decimal("90"),
            "dwelling",
            allotment=Allotment(10000, Decimal(1), "unit", Fraction(1, 3), 3334),
        ),
        amounts_fen=(3334,),
    ),
)
