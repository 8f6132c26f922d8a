"""A-223: complaints whose preliminary plan reached the owner within 24 hours of receipt (B-009, AMB-024)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.complaint_facts import timeliness
from services.kpi.domain.complaints import PLAN
from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text

CODE = "complaint.plan.timeliness"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """The plan clock alone."""
    return timeliness(CODE, case, judging, only=PLAN)


INDICATOR = Indicator(
    code=CODE,
    row="A-223",
    title=Text("24小时内反馈初步方案率", "Complaints with a plan within 24 hours"),
    unit="percent",
    families=("complaint",),
    judge=judge,
    misses=Text("件超时", "late"),
)

EXAMPLES = (
    Example(
        "counted from receipt, not from the visit",
        [
            {
                "received_at": "2025-03-07T09:00:00+08:00",
                "arrived_at": "2025-03-07T15:00:00+08:00",
                "plan_sent_at": "2025-03-08T10:00:00+08:00",
            }
        ],
        0,
        1,
        ["late"],
    ),
)
