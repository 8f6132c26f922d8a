"""A-221: complaints answered within ten minutes (B-007, AMB-106)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.complaint_facts import timeliness
from services.kpi.domain.complaints import RESPONSE
from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text

CODE = "complaint.response.timeliness"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """The response clock alone."""
    return timeliness(CODE, case, judging, only=RESPONSE)


INDICATOR = Indicator(
    code=CODE,
    row="A-221",
    title=Text("投诉10分钟内响应率", "Complaints answered within 10 minutes"),
    unit="percent",
    families=("complaint",),
    judge=judge,
    misses=Text("件超时", "late"),
)

EXAMPLES = (
    Example(
        "the last second is in time",
        [{"received_at": "2025-03-07T09:00:00+08:00", "responded_at": "2025-03-07T09:10:00+08:00"}],
        1,
        1,
        ["met"],
    ),
    Example("never answered", [{"received_at": "2025-03-07T09:00:00+08:00"}], 0, 1, ["late"]),
)
