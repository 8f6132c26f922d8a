"""A-217: the mean mark over the eight dimensions of all valid answers, equal weights (AMB-020, F-056)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text
from services.kpi.domain.surveys import answer_is_valid, fact

CODE = "survey.score"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """The sum of an answer's marks and their number: every valid answer has all dimensions, so all weigh the same."""
    marks = case.doc.get("marks") or {}
    if not answer_is_valid(case.doc):
        return ()
    in_scope = case.doc.get("in_scope", True)
    return (
        # row: AMB-085 a score is a mean of points
        fact(CODE, case, sum(marks.values()), len(marks), "answered" if in_scope else "not_in_scope", counted=in_scope),
    )


INDICATOR = Indicator(
    code=CODE,
    row="A-217",
    title=Text("满意度调查综合得分", "Overall score of the satisfaction survey"),
    unit="points",
    families=("household",),
    judge=judge,
    obliged=True,
)

EXAMPLES = (
    Example(
        "F-056: eight marks, 680 over 8",
        [
            {
                "period": "2025-Q1",
                "marks": {"d1": 88, "d2": 81, "d3": 90, "d4": 86, "d5": 79, "d6": 84, "d7": 87, "d8": 85},
            }
        ],
        680,
        8,
        ["answered"],
    ),
    Example("no answer at all: not measured", [{"period": "2025-Q1", "in_scope": True}], 0, 0, state="not_measured"),
)
