"""So many points on for each occurrence: adopted suggestions of the month (F-030, AMB-075: how many is a parameter)."""

from __future__ import annotations

from fractions import Fraction

from services.kpi.domain.numbers import Text, exact, fixed, plain
from services.kpi.domain.score_rules import Deduction, Missed, ScoringRule, none_of_it, nothing


def gain(missed: Missed) -> Deduction:
    """Occurrences times the points of one."""
    each, count = exact(missed.settings["points"] or 0), missed.reading.value or Fraction(0)
    points = each * count
    return Deduction(
        points,
        Text(
            f"每项加{plain(each)}分，加{fixed(points)}分",
            f"{plain(each)} points on for each, {fixed(points)} points on",
        ),
    )


RULE = ScoringRule(
    code="bonus_per_occurrence",
    title=Text("按次加分", "Points on per occurrence"),
    deduct=nothing,
    forfeit=none_of_it,
    gain=gain,
    always=True,
)

EXAMPLES = (
    {
        "numerator": 1,
        "denominator": 1,
        "target": "100",
        "op": "=",
        "settings": {"points": "0.02"},
        "deductions": {"linear": "0.00", "floor": "0.00", "ceil": "0.00"},
        "gains": "2.00",
    },
)
