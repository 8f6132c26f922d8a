"""A-163: tasks a superior assigned that were not done by their day."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text
from services.kpi.domain.task_facts import unfinished

CODE = "task.assigned.unfinished.count"
KINDS = frozenset({"assigned"})


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """What a superior assigned beside the plan."""
    return unfinished(CODE, case, judging, KINDS)


INDICATOR = Indicator(
    code=CODE,
    row="A-163",
    title=Text("未完成上级交办任务项数", "Assigned tasks not finished"),
    unit="count",
    families=("work_task",),
    judge=judge,
    misses=Text("项未完成", "not done"),
)

EXAMPLES = (
    Example(
        "one late, one never reported, one in time",
        [
            {
                "kind": "assigned",
                "due_on": "2025-03-14",
                "reported_at": "2025-03-15T00:00:00+08:00",
                "confirmed_at": "2025-03-17T09:00:00+08:00",
            },
            {"kind": "assigned", "due_on": "2025-03-31"},
            {
                "kind": "assigned",
                "due_on": "2025-03-14",
                "reported_at": "2025-03-14T23:59:59+08:00",
                "confirmed_at": "2025-03-17T09:00:00+08:00",
            },
        ],
        2,
        0,
        ["late", "open", "met"],
        period="2025-03",
    ),
    Example(
        "another kind of task is not meant",
        [
            {
                "kind": "assigned",
                "due_on": "2025-03-14",
                "reported_at": "2025-03-14T23:59:59+08:00",
                "confirmed_at": "2025-03-17T09:00:00+08:00",
            },
            {"kind": "butler", "due_on": "2025-03-14"},
        ],
        0,
        0,
        ["met"],
        period="2025-03",
    ),
)
