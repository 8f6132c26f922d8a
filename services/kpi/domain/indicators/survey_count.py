"""A-226: satisfaction surveys carried through, at least one a quarter (B-118)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text
from services.kpi.domain.surveys import fact

CODE = "survey.count"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """A survey counts once it is closed; one still open is shown beside."""
    closed = case.doc.get("closed_at") is not None
    return (fact(CODE, case, 1, 0, "closed" if closed else "open", counted=closed),)


INDICATOR = Indicator(
    code=CODE,
    row="A-226",
    title=Text("业主满意度调查次数", "Satisfaction surveys carried out"),
    unit="count",
    families=("survey",),
    judge=judge,
    obliged=True,
)

EXAMPLES = (
    Example("closed", [{"period": "2025-Q1", "closed_at": "2025-03-28T20:00:00+08:00"}], 1, 0, ["closed"]),
    Example("opened and never closed", [{"period": "2025-Q1"}], 0, 0, ["open"], state="not_measured"),
)
