"""So many points off each time it was not as required, whatever the rate: "满意率达到95%…未按要求每次扣1分" (AMB-079).

The letter prints a rate and a deduction beside it. The rate is compared with its target and shown; the points follow
what was found, one by one, also where the rate as a whole was reached.
"""

from __future__ import annotations

from services.kpi.domain.numbers import Text
from services.kpi.domain.score_rules import Deduction, Missed, ScoringRule, all_of_it, nothing
from services.kpi.domain.scoring import per_occurrence


def deduct(missed: Missed) -> Deduction:
    """Each one that was missed; none where nothing was, or where only a rate is known and it is reached.

    Raises NeedsCases for a rate below its target that says nothing of single ones.
    """
    reached = missed.target is not None and missed.reading.value is not None and missed.target.met(missed.reading.value)
    if missed.reading.misses == 0 or (missed.reading.misses is None and reached):
        return nothing(missed)
    return per_occurrence.deduct(missed)


RULE = ScoringRule(
    code="each_occurrence",
    title=Text("逐次扣分，比率另示", "Points off each time, the rate apart"),
    deduct=deduct,
    forfeit=all_of_it,
    always=True,  # row: AMB-079 also where the rate is reached
    apart=True,
)

EXAMPLES = (
    {
        "numerator": 97,
        "denominator": 100,
        "target": "95",
        "op": ">=",
        "settings": {"points": 1},
        "deductions": {"linear": "3.00", "floor": "3.00", "ceil": "3.00"},
    },
)
