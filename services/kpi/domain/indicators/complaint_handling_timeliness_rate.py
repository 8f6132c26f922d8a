"""A-211: complaints handled in time, every clock of the case kept (AMB-005, AMB-023, AMB-109)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.complaint_facts import timeliness
from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text

CODE = "complaint.handling.timeliness.rate"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """Late once, however many of its clocks were missed."""
    return timeliness(CODE, case, judging)


INDICATOR = Indicator(
    code=CODE,
    row="A-211",
    title=Text("投诉处理及时率", "Complaints handled in time"),
    unit="percent",
    families=("complaint",),
    judge=judge,
    misses=Text("件超时", "late"),
)

EXAMPLES = (
    Example(
        "F-055: answered in the last second of ten minutes",
        [{"received_at": "2025-03-07T09:00:00+08:00", "responded_at": "2025-03-07T09:10:00+08:00"}],
        1,
        1,
        ["met"],
    ),
    Example(
        "F-055: one second later",
        [{"received_at": "2025-03-07T09:00:00+08:00", "responded_at": "2025-03-07T09:10:01+08:00"}],
        0,
        1,
        ["late"],
    ),
    Example(
        "AMB-005: two clocks missed, late once",
        [
            {
                "received_at": "2025-03-07T09:00:00+08:00",
                "responded_at": "2025-03-07T09:30:00+08:00",
                "urgency": "urgent",
                "arrived_at": "2025-03-07T10:00:00+08:00",
            }
        ],
        0,
        1,
        ["late"],
    ),
    Example(
        "AMB-025: a visit to a complaint that is not urgent has no limit",
        [
            {
                "received_at": "2025-03-07T09:00:00+08:00",
                "responded_at": "2025-03-07T09:05:00+08:00",
                "urgency": "normal",
                "arrived_at": "2025-03-07T15:00:00+08:00",
            }
        ],
        1,
        1,
        ["met"],
    ),
    Example(
        "B-010: complex, deadline agreed after 24 hours",
        [
            {
                "received_at": "2025-03-07T09:00:00+08:00",
                "responded_at": "2025-03-07T09:05:00+08:00",
                "complex": True,
                "plan_sent_at": "2025-03-07T12:00:00+08:00",
                "deadline_set_at": "2025-03-08T09:00:01+08:00",
                "deadline": "2025-03-20T18:00:00+08:00",
                "completed_at": "2025-03-19T18:00:00+08:00",
            }
        ],
        0,
        1,
        ["late"],
    ),
    Example(
        "AMB-109: received on the last evening, its plan not due yet: in neither number",
        [
            {
                "received_at": "2025-03-31T23:00:00+08:00",
                "responded_at": "2025-03-31T23:05:00+08:00",
                "clocks": {
                    "complaint.response": {"due_at": "2025-03-31T23:10:00+08:00"},
                    "complaint.plan": {"due_at": "2025-04-01T23:00:00+08:00"},
                },
            }
        ],
        0,
        0,
        ["within_limit"],
        state="no_data",
    ),
)
