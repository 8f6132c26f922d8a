"""A-190: next month's plan by the 30th, in February by its last day (B-081, X1-007)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text
from services.kpi.domain.report_facts import handed_in

CODE = "plan.month.ontime"
FORM = "plan_30"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """This form alone."""
    return handed_in(CODE, case, judging, FORM)


INDICATOR = Indicator(
    code=CODE,
    row="A-190",
    title=Text("下月工作计划按时提交率", "Plans of next month on time"),
    unit="percent",
    families=("report",),
    judge=judge,
    misses=Text("份未按时提交", "not handed in on time"),
)

EXAMPLES = (
    Example(
        "the last second of the day is in time, the next one late; a third was never handed in",
        [
            {"form": "plan_30", "due_on": "2025-01-30", "submitted_at": "2025-01-30T23:59:59+08:00"},
            {"form": "plan_30", "due_on": "2025-02-28", "submitted_at": "2025-03-01T00:00:00+08:00"},
            {"form": "plan_30", "due_on": "2025-03-30"},
            {"form": "management", "due_on": "2025-03-30"},
        ],
        1,
        3,
        ["met", "late", "missing"],
    ),
)
