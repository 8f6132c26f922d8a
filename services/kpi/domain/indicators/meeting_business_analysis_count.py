"""A-204: business analysis meetings with minutes on file, at least one a quarter (B-090)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.meetings import held
from services.kpi.domain.numbers import Text

CODE = "meeting.business.analysis.count"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """One for each whose minutes are on file; a promise of at least one is missed by none at all (AMB-008)."""
    return held(CODE, "business", case)


INDICATOR = Indicator(
    code=CODE,
    row="A-204",
    title=Text("经营分析会次数", "Business analysis meetings"),
    unit="count",
    families=("meeting",),
    judge=judge,
    obliged=True,
)

EXAMPLES = (
    Example(
        "one of its kind, one of another",
        [{"kind": "business", "held_on": "2025-03-31"}, {"kind": "review", "held_on": "2025-03-31"}],
        1,
        0,
        ["held"],
    ),
    Example("none was held: the promise of one is missed", [], 0, 0, state="not_measured"),
)
