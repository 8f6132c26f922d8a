"""One miss and the section is lost: "该项不得分" (F-038)."""

from __future__ import annotations

from services.kpi.domain.numbers import Text, fixed
from services.kpi.domain.score_rules import Deduction, Missed, ScoringRule, all_of_it


# row: F-038 any incident ruled as caused by management dereliction empties the section
def deduct(missed: Missed) -> Deduction:
    """The whole pool."""
    return Deduction(
        missed.pool,
        Text(f"该项不得分，扣{fixed(missed.pool)}分", f"no points for this part, {fixed(missed.pool)} points off"),
    )


RULE = ScoringRule(code="veto", title=Text("一票否决", "Veto"), deduct=deduct, forfeit=all_of_it)

EXAMPLES = (
    {
        "numerator": 1,
        "denominator": 2,
        "target": "100",
        "op": "=",
        "settings": {},
        "deductions": {"linear": "100.00", "floor": "100.00", "ceil": "100.00"},
    },
)
