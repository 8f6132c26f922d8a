"""A bonus at the appraiser's discretion, only while every target of the letter is met: "在指标达成的基础上…可适当加分"
(F-029)."""

from __future__ import annotations

from fractions import Fraction

from services.kpi.domain.numbers import Text, fixed
from services.kpi.domain.score_rules import Deduction, Missed, ScoringRule, none_of_it, nothing


def gain(missed: Missed) -> Deduction:
    """The judged points, or none while another line is missed. Raises JudgementOutOfRange for none or fewer."""
    points = sum((judgement.within(Fraction(0), None) for judgement in missed.judgements), Fraction(0))
    if not missed.others_met:  # row: F-029 no discretionary bonus while any own indicator is missed
        return Deduction(Fraction(0), Text("有指标未达成，不予加分", "a target is missed, so no bonus"))
    return Deduction(
        points, Text(f"酌情加{fixed(points)}分", f"{fixed(points)} points on at the appraiser's discretion")
    )


RULE = ScoringRule(
    code="manual_bonus",
    title=Text("酌情加分", "Discretionary bonus"),
    deduct=nothing,
    forfeit=none_of_it,
    gain=gain,
    always=True,
    judged=True,
    last=True,
)

EXAMPLES = (
    {
        "numerator": 1,
        "denominator": 1,
        "target": "100",
        "op": "=",
        "settings": {},
        "judgements": ["2"],
        "deductions": {"linear": "0.00", "floor": "0.00", "ceil": "0.00"},
        "gains": "2.00",
    },
)
