"""A score made of named parts, each up to its own maximum: "安全责任占60分,事故情况占40分" (F-007, AMB-041)."""

from __future__ import annotations

from fractions import Fraction

from services.kpi.domain.numbers import Text, exact, fixed, plain
from services.kpi.domain.score_rules import Deduction, Missed, ScoringRule, all_of_it


def deduct(missed: Missed) -> Deduction:
    """What the parts leave of the pool."""
    given = missed.reading.parts or {}
    if missed.reading.parts is None and missed.reading.value is not None:
        got = min(missed.pool, missed.reading.value)
        return Deduction(missed.pool - got, Text(f"得{fixed(got)}分", f"{fixed(got)} points"))
    maxima = {name: exact(points) for name, points in missed.settings["parts"].items()}
    # row: F-007, F-011, F-070, A-044, A-140 each part counts up to its own maximum
    got = sum((min(most, given.get(name, Fraction(0))) for name, most in maxima.items()), Fraction(0))
    shown = "+".join(plain(min(most, given.get(name, Fraction(0)))) for name, most in maxima.items())
    lacking = [name for name in maxima if name not in given]
    return Deduction(
        missed.pool - got,
        Text(f"{shown}，得{fixed(got)}分", f"{shown.replace('+', ' + ')}, {fixed(got)} points"),
        pending=bool(lacking),
    )


RULE = ScoringRule(
    code="parts",
    title=Text("分项评分合计", "Sum of judged parts"),
    deduct=deduct,
    forfeit=all_of_it,
    always=True,
    judged=True,
)

EXAMPLES = (
    {
        "numerator": 90,
        "denominator": 100,
        "parts": {"responsibility": 54, "incident": 36},
        "target": "90",
        "op": ">=",
        "settings": {"parts": {"responsibility": 60, "incident": 40}},
        "deductions": {"linear": "10.00", "floor": "10.00", "ceil": "10.00"},
    },
)
