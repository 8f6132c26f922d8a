"""A-061: repairs reached in time: urgent within 30 minutes, else as appointed, else within 24 hours (AMB-116)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text
from services.kpi.domain.works import arrival, is_repair

CODE = "repair.onsite.timeliness.rate"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """By the day of receipt (AMB-109)."""
    return arrival(CODE, case, judging) if is_repair(case) else ()


INDICATOR = Indicator(
    code=CODE,
    row="A-061",
    title=Text("报修上门服务及时率", "Home repair visits in time"),
    unit="percent",
    families=("work",),
    judge=judge,
    misses=Text("件不及时", "late"),
    version=2,
)

EXAMPLES = (
    Example(
        "urgent, after half an hour to the second",
        [{"received_at": "2025-03-07T09:00:00+08:00", "urgency": "urgent", "arrived_at": "2025-03-07T09:30:00+08:00"}],
        1,
        1,
        ["met"],
    ),
    Example(
        "as appointed",
        [
            {
                "received_at": "2025-03-07T09:00:00+08:00",
                "appointment": "2025-03-10T14:00:00+08:00",
                "arrived_at": "2025-03-10T14:00:01+08:00",
            }
        ],
        0,
        1,
        ["late"],
    ),
    Example("nobody came within 24 hours", [{"received_at": "2025-03-07T09:00:00+08:00"}], 0, 1, ["late"]),
)
