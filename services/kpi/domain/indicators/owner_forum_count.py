"""A-206: forums of owner representatives with minutes on file, at least one a half-year (B-092)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.meetings import held
from services.kpi.domain.numbers import Text

CODE = "owner.forum.count"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """One for each whose minutes are on file; a promise of at least one is missed by none at all (AMB-008)."""
    return held(CODE, "owner_forum", case)


INDICATOR = Indicator(
    code=CODE,
    row="A-206",
    title=Text("业主代表座谈会次数", "Forums of owner representatives"),
    unit="count",
    families=("meeting",),
    judge=judge,
    obliged=True,
)

EXAMPLES = (
    Example(
        "one of its kind, one of another",
        [{"kind": "owner_forum", "held_on": "2025-03-31"}, {"kind": "review", "held_on": "2025-03-31"}],
        1,
        0,
        ["held"],
    ),
    Example("none was held: the promise of one is missed", [], 0, 0, state="not_measured"),
)
