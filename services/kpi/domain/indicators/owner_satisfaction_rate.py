"""A-243: households satisfied, of those with a valid answer (AMB-111)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text
from services.kpi.domain.surveys import answer_is_valid, fact, satisfied

CODE = "owner.satisfaction.rate"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """Satisfied is a mean over the dimensions of 80 or more, by the letter's choice; a household counts once."""
    if not answer_is_valid(case.doc):
        return ()
    met, in_scope = satisfied(case.doc, judging.parameters), case.doc.get("in_scope", True)
    verdict = ("satisfied" if met else "unsatisfied") if in_scope else "not_in_scope"
    return (fact(CODE, case, int(met), 1, verdict, counted=in_scope),)


INDICATOR = Indicator(
    code=CODE,
    row="A-243",
    title=Text("业户满意率", "Households satisfied"),
    unit="percent",
    families=("household",),
    judge=judge,
    obliged=True,
    parameters={"satisfied_from": "80"},
    misses=Text("户不满意", "not satisfied"),
    version=2,
)

EXAMPLES = (
    Example(
        "a mean of 80 is satisfied",
        [
            {
                "period": "2025-Q1",
                "marks": {"d1": 80, "d2": 80, "d3": 80, "d4": 80, "d5": 80, "d6": 80, "d7": 80, "d8": 80},
            }
        ],
        1,
        1,
        ["satisfied"],
    ),
    Example(
        "a mean below it is not",
        [
            {
                "period": "2025-Q1",
                "marks": {"d1": 80, "d2": 80, "d3": 80, "d4": 80, "d5": 80, "d6": 80, "d7": 80, "d8": 79},
            }
        ],
        0,
        1,
        ["unsatisfied"],
    ),
    Example("nobody answered: not measured", [{"period": "2025-Q1", "in_scope": True}], 0, 0, state="not_measured"),
)
