"""The pool in proportion to what was achieved: "未达标按比例扣减绩效" (F-035, AMB-029)."""

from __future__ import annotations

from fractions import Fraction

from services.kpi.domain.numbers import Text, fixed
from services.kpi.domain.score_rules import Deduction, Missed, ScoringRule, all_of_it


# row: F-035, F-058, AMB-029 the pool times the achievement rate, which counts for at most all of it
def deduct(missed: Missed) -> Deduction:
    """The part of the pool that was not achieved."""
    assert missed.reading.value is not None and missed.target is not None and missed.target.value is not None
    achieved = min(Fraction(1), max(Fraction(0), missed.reading.value / missed.target.value))
    points = missed.pool * (1 - achieved)
    return Deduction(
        points,
        Text(
            f"按达成率{fixed(achieved * 100)}%计分，扣{fixed(points)}分",
            f"scored in proportion to {fixed(achieved * 100)} % achieved, {fixed(points)} points off",
        ),
    )


RULE = ScoringRule(code="pro_rata", title=Text("按达成率计分", "In proportion"), deduct=deduct, forfeit=all_of_it)

EXAMPLES = (
    {
        "numerator": 92,
        "denominator": 100,
        "target": "100",
        "op": ">=",
        "settings": {},
        "deductions": {"linear": "8.00", "floor": "8.00", "ceil": "8.00"},
    },
)
