"""Vacancy discount: a unit that stands empty pays a part of its property fee for the days agreed upon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from services.billing.domain.charging import Line, total_fen
from services.billing.domain.proration import overlap_days
from shared.money import fen_half_up


@dataclass(frozen=True, slots=True)
class Vacancy:
    """``percent`` of the fee is paid from ``since`` to ``until`` inclusive (``None`` = until ended)."""

    since: date
    until: date | None
    percent: int


def discount(lines: Sequence[Line], vacant: Sequence[Vacancy], first: date, end: date) -> list[Line]:
    """Lines that take the discount off, one for each vacancy with days in the charged days ``[first, end)``."""
    charged = (end - first).days
    total = total_fen(lines)
    found = []
    for vacancy in vacant:
        days = overlap_days(first, end, vacancy.since, vacancy.until)
        if not days:
            continue
        share = Fraction(days, charged)
        off = Fraction(total, 100) * share * (100 - vacancy.percent) / 100
        found.append(
            Line(
                text={"zh": f"空置优惠(按{vacancy.percent}%计收)", "en": f"Vacant: {vacancy.percent} % charged"},
                quantity=Decimal(100 - vacancy.percent),
                unit="%",
                rate=-Decimal(total) / 100,
                months=1,
                share=share,
                amount_fen=-fen_half_up(off),
            )
        )
    return found
