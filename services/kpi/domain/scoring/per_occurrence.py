"""So many points off for each missed case: "每次扣5分" (F-040, AMB-005)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from services.kpi.domain.numbers import Text, exact, fixed, plain
from services.kpi.domain.score_rules import Deduction, Missed, NeedsCases, ScoringRule


def deduct(missed: Missed) -> Deduction:
    """The number of missed cases times the points of one. Raises NeedsCases when only a rate, or more than all, is
    known."""
    if missed.reading.misses is None or missed.reading.misses < 0:
        raise NeedsCases
    each, count = exact(missed.settings["points"]), missed.reading.misses
    points = each * count  # row: F-040, F-049, AMB-092 once for each late case
    return Deduction(
        points,
        Text(
            f"{plain(count)}{missed.case.zh}，每件扣{plain(each)}分，共扣{fixed(points)}分",
            f"{plain(count)} {missed.case.en}, {plain(each)} points each, {fixed(points)} points off",
        ),
    )


def forfeit(settings: Mapping[str, Any], pool: Fraction) -> Fraction:
    """Nobody counted, so the whole pool is at stake."""
    return pool


RULE = ScoringRule(
    code="per_occurrence",
    title=Text("按次扣分", "Points off per occurrence"),
    deduct=deduct,
    forfeit=forfeit,
)

EXAMPLES = (
    {
        "numerator": 38,
        "denominator": 40,
        "target": "100",
        "op": "=",
        "settings": {"points": 5},
        "deductions": {"linear": "10.00", "floor": "10.00", "ceil": "10.00"},
    },
)
