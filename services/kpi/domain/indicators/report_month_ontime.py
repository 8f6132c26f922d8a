"""A-191: last month's detailed report by the 5th (B-082, X1-008)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text
from services.kpi.domain.report_facts import handed_in

CODE = "report.month.ontime"
FORM = "monthly"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """This form alone."""
    return handed_in(CODE, case, judging, FORM)


INDICATOR = Indicator(
    code=CODE,
    row="A-191",
    title=Text("上月工作报告按时提交率", "Reports of last month on time"),
    unit="percent",
    families=("report",),
    judge=judge,
    misses=Text("份未按时提交", "not handed in on time"),
)

EXAMPLES = (
    Example(
        "the last second of the day is in time, the next one late; a third was never handed in",
        [
            {"form": "monthly", "due_on": "2025-01-05", "submitted_at": "2025-01-05T23:59:59+08:00"},
            {"form": "monthly", "due_on": "2025-02-05", "submitted_at": "2025-02-06T00:00:00+08:00"},
            {"form": "monthly", "due_on": "2025-03-05"},
            {"form": "management", "due_on": "2025-03-05"},
        ],
        1,
        3,
        ["met", "late", "missing"],
    ),
)
