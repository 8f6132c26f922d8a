"""A-216: households with a valid answer, of those occupied when the survey was issued (AMB-021)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text
from services.kpi.domain.surveys import answer_is_valid, fact

CODE = "survey.coverage.rate"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """One household, one share; an answer from outside the list is shown and not counted."""
    valid = answer_is_valid(case.doc)
    if not case.doc.get("in_scope", True):
        return (fact(CODE, case, int(valid), 1, "not_in_scope", counted=False),)
    return (fact(CODE, case, int(valid), 1, "answered" if valid else "unanswered"),)


INDICATOR = Indicator(
    code=CODE,
    row="A-216",
    title=Text("季度满意度调查覆盖率", "Coverage of the quarterly satisfaction survey"),
    unit="percent",
    families=("household",),
    judge=judge,
    obliged=True,
    misses=Text("户未有效作答", "without a valid answer"),
)

_FULL = {"d1": 80, "d2": 81, "d3": 82, "d4": 83, "d5": 84, "d6": 85, "d7": 86, "d8": 87}

EXAMPLES = (
    Example("listed and answered", [{"period": "2025-Q1", "in_scope": True, "marks": _FULL}], 1, 1, ["answered"]),
    Example("listed, no answer", [{"period": "2025-Q1", "in_scope": True}], 0, 1, ["unanswered"]),
    Example(
        "seven of eight dimensions are no valid answer",
        [{"period": "2025-Q1", "in_scope": True, "marks": {k: v for k, v in _FULL.items() if k != "d8"}}],
        0,
        1,
        ["unanswered"],
    ),
    Example(
        "moved in after the survey was issued",
        [{"period": "2025-Q1", "in_scope": False, "marks": _FULL}],
        0,
        0,
        ["not_in_scope"],
        state="not_measured",
    ),
)
