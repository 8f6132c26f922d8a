"""Points off below the target and points on above it, up to a cap: "加或扣分2分,加分最高不超过5分" (F-022, AMB-046)."""

from __future__ import annotations

from services.kpi.domain.numbers import Text, exact, fixed, plain
from services.kpi.domain.score_rules import Deduction, Missed, ScoringRule, all_of_it
from services.kpi.domain.scoring.per_point_below import deduct, steps


# row: F-022, F-062, AMB-046 two points for each point above the baseline, at most five
def gain(missed: Missed) -> Deduction:
    """The points above the target times the points of one, at most the cap; the item may pass its own maximum."""
    assert missed.reading.value is not None and missed.target is not None and missed.target.value is not None
    each, cap = exact(missed.settings["points"]), exact(missed.settings["bonus_cap"])
    over = missed.reading.value - missed.target.value
    points = min(cap, each * steps(over, missed.partial_policy))
    return Deduction(
        points,
        Text(
            f"高{fixed(over)}{missed.unit.zh}，每高1{missed.unit.zh}加{plain(each)}分，加{fixed(points)}分（最高{plain(cap)}分）",
            f"{fixed(over)} {missed.unit.en} above, {plain(each)} points on for each, {fixed(points)} points on "
            f"(at most {plain(cap)})",
        ),
    )


RULE = ScoringRule(
    code="per_point_around",
    title=Text("高低均计分", "Points on above and off below"),
    deduct=deduct,
    forfeit=all_of_it,
    gain=gain,
)

EXAMPLES = (
    {
        "numerator": 76,
        "denominator": 100,
        "target": "92",
        "op": ">=",
        "settings": {"points": 2, "bonus_cap": 5},
        "deductions": {"linear": "32.00", "floor": "32.00", "ceil": "32.00"},
    },
)
