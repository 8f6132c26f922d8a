"""A-116: next month's plan by the 27th (B-078, X1-007)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text
from services.kpi.domain.report_facts import handed_in

CODE = "plan.report.ontime"
FORM = "plan_27"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """This form alone."""
    return handed_in(CODE, case, judging, FORM)


INDICATOR = Indicator(
    code=CODE,
    row="A-116",
    title=Text("次月工作计划按时上报率", "Plans of next month handed in on time"),
    unit="percent",
    families=("report",),
    judge=judge,
    misses=Text("份未按时提交", "not handed in on time"),
)

EXAMPLES = (
    Example(
        "the last second of the day is in time, the next one late; a third was never handed in",
        [
            {"form": "plan_27", "due_on": "2025-01-27", "submitted_at": "2025-01-27T23:59:59+08:00"},
            {"form": "plan_27", "due_on": "2025-02-27", "submitted_at": "2025-02-28T00:00:00+08:00"},
            {"form": "plan_27", "due_on": "2025-03-27"},
            {"form": "management", "due_on": "2025-03-27"},
        ],
        1,
        3,
        ["met", "late", "missing"],
    ),
)
