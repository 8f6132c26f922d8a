"""A-222: urgent complaints reached on site within thirty minutes (B-008, AMB-025)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.complaint_facts import timeliness
from services.kpi.domain.complaints import ONSITE
from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text

CODE = "complaint.onsite.urgent.timeliness"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """The on-site clock, which only urgent complaints have."""
    return timeliness(CODE, case, judging, only=ONSITE)


INDICATOR = Indicator(
    code=CODE,
    row="A-222",
    title=Text("紧急投诉30分钟内到场率", "Urgent complaints reached within 30 minutes"),
    unit="percent",
    families=("complaint",),
    judge=judge,
    misses=Text("件超时", "late"),
)

EXAMPLES = (
    Example(
        "urgent, reached after half an hour exactly",
        [
            {
                "received_at": "2025-03-07T09:00:00+08:00",
                "responded_at": "2025-03-07T09:01:00+08:00",
                "urgency": "urgent",
                "arrived_at": "2025-03-07T09:30:00+08:00",
            }
        ],
        1,
        1,
        ["met"],
    ),
    Example(
        "not urgent: not a case of this indicator",
        [{"received_at": "2025-03-07T09:00:00+08:00", "arrived_at": "2025-03-07T11:00:00+08:00"}],
        0,
        0,
        state="no_data",
    ),
)
