"""A-085: production dispatch meetings with minutes on file, at least one a month (B-096)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.meetings import held
from services.kpi.domain.numbers import Text

CODE = "production.meeting.count"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """One for each whose minutes are on file; a promise of at least one is missed by none at all (AMB-008)."""
    return held(CODE, "production", case)


INDICATOR = Indicator(
    code=CODE,
    row="A-085",
    title=Text("生产调度会次数", "Production dispatch meetings"),
    unit="count",
    families=("meeting",),
    judge=judge,
    obliged=True,
)

EXAMPLES = (
    Example(
        "one of its kind, one of another",
        [{"kind": "production", "held_on": "2025-03-31"}, {"kind": "review", "held_on": "2025-03-31"}],
        1,
        0,
        ["held"],
    ),
    Example("none was held: the promise of one is missed", [], 0, 0, state="not_measured"),
)
