"""A-286: households satisfied with the cleaning, of those with a valid answer (AMB-111, A-302)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text
from services.kpi.domain.surveys import answer_is_valid, fact, satisfied

CODE = "cleaning.satisfaction.rate"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """Judged on the question about cleaning alone: 80 or more, by the letter's choice."""
    question = judging.parameters["question"]
    if not answer_is_valid(case.doc) or question not in case.doc["marks"]:
        return ()
    met, in_scope = satisfied(case.doc, judging.parameters), case.doc.get("in_scope", True)
    verdict = ("satisfied" if met else "unsatisfied") if in_scope else "not_in_scope"
    return (fact(CODE, case, int(met), 1, verdict, counted=in_scope),)


INDICATOR = Indicator(
    code=CODE,
    row="A-286",
    title=Text("小区清洁保洁满意率", "Households satisfied with the cleaning"),
    unit="percent",
    families=("household",),
    judge=judge,
    obliged=True,
    parameters={"satisfied_from": "80", "question": "environment_cleanliness"},
    misses=Text("户不满意", "not satisfied"),
    version=2,
)

_ELSE = {f"d{n}": 1 for n in range(2, 9)}

EXAMPLES = (
    Example(
        "80 for the cleaning, 1 for all else",
        [{"period": "2025-Q1", "marks": {"environment_cleanliness": 80, **_ELSE}}],
        1,
        1,
        ["satisfied"],
    ),
    Example(
        "79 for the cleaning",
        [{"period": "2025-Q1", "marks": {"environment_cleanliness": 79, **_ELSE}}],
        0,
        1,
        ["unsatisfied"],
    ),
    Example("nobody asked: not measured", [{"period": "2025-Q1", "in_scope": True}], 0, 0, state="not_measured"),
)
