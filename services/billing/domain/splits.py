"""One amount over many bearers, without losing a fen: shared costs over units, a bill over its payers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from services.billing.domain.charging import Allotment, Line
from shared.money import largest_remainder

BY_AREA, BY_COUNT = "area", "count"


def split_cost(total_fen: int, areas: Mapping[UUID, Decimal], by: str) -> dict[UUID, Allotment]:
    """Each unit's part of a cost, by area or each alike; the parts add up to the total.

    Raises:
        ValueError: there is nothing to split by.
    """
    units = sorted(areas)  # one order for everybody: the same units always get the odd fen
    weights = [areas[unit] if by == BY_AREA else Decimal(1) for unit in units]
    parts = largest_remainder(total_fen, weights)
    whole = sum((Fraction(weight) for weight in weights), Fraction(0))
    return {
        unit: Allotment(total_fen, weight, "m2" if by == BY_AREA else "unit", Fraction(weight) / whole, part)
        for unit, weight, part in zip(units, weights, parts, strict=True)
    }


def split_lines(lines: Sequence[Line], days: Sequence[int]) -> list[list[Line]]:
    """The lines of a bill over payers who bear so many days each.

    Each line is split by largest remainder, so that the payers' bills add up to the undivided one line by line.
    """
    whole = sum(days)
    shares: list[list[Line]] = [[] for _ in days]
    for line in lines:
        for place, part in enumerate(largest_remainder(line.amount_fen, days)):
            shares[place].append(
                replace(line, share=line.share * Fraction(days[place], whole), amount_fen=part)
            )
    return shares
