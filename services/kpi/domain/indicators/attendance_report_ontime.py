"""A-019: last month's attendance reported on the 1st (B-077); reported, outside penalty and bonus (AMB-010)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text
from services.kpi.domain.report_facts import handed_in

CODE = "attendance.report.ontime"
FORM = "attendance"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """This form alone."""
    return handed_in(CODE, case, judging, FORM)


INDICATOR = Indicator(
    code=CODE,
    row="A-019",
    title=Text("员工考勤按时上报率", "Attendance reported on time"),
    unit="percent",
    families=("report",),
    judge=judge,
    misses=Text("份未按时提交", "not handed in on time"),
)

EXAMPLES = (
    Example(
        "the last second of the day is in time, the next one late; a third was never handed in",
        [
            {"form": "attendance", "due_on": "2025-01-01", "submitted_at": "2025-01-01T23:59:59+08:00"},
            {"form": "attendance", "due_on": "2025-02-01", "submitted_at": "2025-02-02T00:00:00+08:00"},
            {"form": "attendance", "due_on": "2025-03-01"},
            {"form": "management", "due_on": "2025-03-01"},
        ],
        1,
        3,
        ["met", "late", "missing"],
    ),
)
