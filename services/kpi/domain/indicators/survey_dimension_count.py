"""A-227: dimensions in the questionnaire, eight by the letter (AMB-020)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text
from services.kpi.domain.surveys import fact

CODE = "survey.dimension.count"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """The number of dimensions over one survey, so that two surveys of eight still show eight."""
    if "dimensions" not in case.doc:
        return ()
    return (fact(CODE, case, len(case.doc["dimensions"]), 1, "asked"),)


INDICATOR = Indicator(
    code=CODE,
    row="A-227",
    title=Text("问卷核心指标数", "Dimensions of the questionnaire"),
    unit="points",
    families=("survey",),
    judge=judge,
)

EXAMPLES = (
    Example(
        "eight",
        [{"period": "2025-Q1", "dimensions": ["d1", "d2", "d3", "d4", "d5", "d6", "d7", "d8"]}],
        8,
        1,
        ["asked"],
    ),
)
