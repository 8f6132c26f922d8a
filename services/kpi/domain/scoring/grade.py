"""Allocated points times the coefficient of a grade: "按突出,好、较好、一般五个等次设置" (F-004, F-005, AMB-037)."""

from __future__ import annotations

from services.kpi.domain.letters import LetterError
from services.kpi.domain.numbers import Text, exact, fixed, plain
from services.kpi.domain.score_rules import Deduction, Missed, ScoringRule, all_of_it


def deduct(missed: Missed) -> Deduction:
    """What the coefficient leaves of the pool. Raises LetterError for a grade the letter does not have."""
    names = [name.strip() for name in str(missed.settings["names"]).replace("，", ",").split(",") if name.strip()]
    coefficients = [exact(value) for value in missed.settings["coefficients"]]
    known = dict(zip(names, coefficients, strict=False))
    grade = missed.reading.grade
    if grade is None or grade not in known:
        options = ", ".join(known)
        raise LetterError(f"{missed.path}.grade", f"等次只能取：{options}", f"the grade must be one of {options}")
    # row: F-004, F-005, F-071, A-038, AMB-038 coefficient times allocated points; the grade itself is no number
    got = missed.pool * known[grade]
    return Deduction(
        missed.pool - got,
        Text(
            f"等次“{grade}”，{plain(missed.pool)}×{plain(known[grade])}={fixed(got)}分",
            f"grade {grade}: {plain(missed.pool)} x {plain(known[grade])} = {fixed(got)} points",
        ),
    )


RULE = ScoringRule(
    code="grade",
    title=Text("等次系数计分", "Coefficient of a grade"),
    deduct=deduct,
    forfeit=all_of_it,
    always=True,
    judged=True,
)

EXAMPLES = (
    {
        "numerator": 1,
        "denominator": 1,
        "grade": "较好",
        "target": "100",
        "op": "=",
        "settings": {"names": "突出,好,较好,一般,第五等", "coefficients": ["1", "0.9", "0.8", "0.7", "0.6"]},
        "deductions": {"linear": "20.00", "floor": "20.00", "ceil": "20.00"},
    },
)
