"""A fixed number of points off, however far the target was missed: "覆盖率未达80%扣10分" (F-042)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from services.kpi.domain.numbers import Text, exact, fixed, plain
from services.kpi.domain.score_rules import Deduction, Missed, ScoringRule


def deduct(missed: Missed) -> Deduction:
    """The fixed points."""
    # row: F-042, F-051 ten points for coverage below its target, however far
    points = exact(missed.settings["points"])
    return Deduction(
        points, Text(f"未达标一次性扣{fixed(points)}分", f"{plain(points)} points off once for any shortfall")
    )


def forfeit(settings: Mapping[str, Any], pool: Fraction) -> Fraction:
    """The line is worth its fixed points and no more."""
    return min(pool, exact(settings["points"]))


RULE = ScoringRule(
    code="flat_on_miss",
    title=Text("未达标一次性扣分", "Fixed points off on a miss"),
    deduct=deduct,
    forfeit=forfeit,
)

EXAMPLES = (
    {
        "numerator": 1248,
        "denominator": 1600,
        "target": "80",
        "op": ">=",
        "settings": {"points": 10},
        "deductions": {"linear": "10.00", "floor": "10.00", "ceil": "10.00"},
    },
)
