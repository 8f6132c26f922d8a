"""The scores of a team against a mark: once for its mean, or for each member below (AMB-080: the parties choose)."""

from __future__ import annotations

from services.kpi.domain.numbers import Text, exact, fixed, plain
from services.kpi.domain.score_rules import Deduction, Missed, NeedsCases, ScoringRule, all_of_it, nothing


def deduct(missed: Missed) -> Deduction:
    """The points of one miss, times the members below where each one counts. Raises NeedsCases without members."""
    each = exact(missed.settings["points"])
    assert missed.reading.value is not None and missed.target is not None
    # row: AMB-080 the mean, unless the parties chose each
    if missed.settings.get("team_item") != "each":
        if missed.target.met(missed.reading.value):
            return nothing(missed)
        return Deduction(each, Text(f"平均分未达标，扣{fixed(each)}分", f"the mean is below, {fixed(each)} points off"))
    if missed.reading.parts is None:
        raise NeedsCases
    below = sum(1 for value in missed.reading.parts.values() if not missed.target.met(value))
    return Deduction(
        each * below,
        Text(
            f"{below}人未达标，每人扣{plain(each)}分，扣{fixed(each * below)}分",
            f"{below} below, {plain(each)} points each, {fixed(each * below)} points off",
        ),
    )


RULE = ScoringRule(
    code="team_scores",
    title=Text("团队得分", "Scores of a team"),
    deduct=deduct,
    forfeit=all_of_it,
    always=True,
)

EXAMPLES = (
    {
        "numerator": 88,
        "denominator": 100,
        "parts": {"甲": 95, "乙": 81},
        "target": "90",
        "op": ">=",
        "settings": {"points": 2, "team_item": "each"},
        "deductions": {"linear": "2.00", "floor": "2.00", "ceil": "2.00"},
    },
)
