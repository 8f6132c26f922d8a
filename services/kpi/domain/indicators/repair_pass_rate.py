"""A-291: repairs whose work was accepted by the owner or a checker, of those checked (A-308)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text
from services.kpi.domain.works import checked

CODE = "repair.pass.rate"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """What the last check of the work found; by the day of receipt, known when it was checked (AMB-109)."""
    return checked(CODE, case)


INDICATOR = Indicator(
    code=CODE,
    row="A-291",
    title=Text("维修合格率", "Repairs accepted"),
    unit="percent",
    families=("work",),
    judge=judge,
    misses=Text("件不合格", "not accepted"),
    version=2,
)

EXAMPLES = (
    Example(
        "accepted",
        [{"received_at": "2025-03-07T09:00:00+08:00", "accepted": True, "checked_at": "2025-03-07T09:00:00+08:00"}],
        1,
        1,
        ["accepted"],
    ),
    Example(
        "to be done again",
        [{"received_at": "2025-03-07T09:00:00+08:00", "accepted": False, "checked_at": "2025-03-07T09:00:00+08:00"}],
        0,
        1,
        ["refused"],
    ),
    Example("not checked yet", [{"received_at": "2025-03-07T09:00:00+08:00"}], 0, 0, state="no_data"),
)
