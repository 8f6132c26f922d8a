"""A-189: the report and next week's plan on Monday (B-083)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text
from services.kpi.domain.report_facts import handed_in

CODE = "report.weekly.ontime"
FORM = "weekly"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """This form alone."""
    return handed_in(CODE, case, judging, FORM)


INDICATOR = Indicator(
    code=CODE,
    row="A-189",
    title=Text("周工作汇报按时提交率", "Weekly reports handed in on Monday"),
    unit="percent",
    families=("report",),
    judge=judge,
    misses=Text("份未按时提交", "not handed in on time"),
)

EXAMPLES = (
    Example(
        "the last second of the day is in time, the next one late; a third was never handed in",
        [
            {"form": "weekly", "due_on": "2025-03-03", "submitted_at": "2025-03-03T23:59:59+08:00"},
            {"form": "weekly", "due_on": "2025-03-10", "submitted_at": "2025-03-11T00:00:00+08:00"},
            {"form": "weekly", "due_on": "2025-03-17"},
            {"form": "management", "due_on": "2025-03-17"},
        ],
        1,
        3,
        ["met", "late", "missing"],
    ),
)
