"""A-075: tasks done by the day they were due (A-093 in T001K)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text
from services.kpi.domain.task_facts import on_time

CODE = "task.ontime.rate"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """Every task of the register, whatever its kind."""
    return on_time(CODE, case, judging)


INDICATOR = Indicator(
    code=CODE,
    row="A-075",
    title=Text("工作任务按时完成率", "Tasks done within their limit"),
    unit="percent",
    families=("work_task",),
    judge=judge,
    misses=Text("项未完成", "not done"),
)

EXAMPLES = (
    Example(
        "the last second of its day is in time, the next one late",
        [
            {
                "kind": "important",
                "due_on": "2025-03-14",
                "reported_at": "2025-03-14T23:59:59+08:00",
                "confirmed_at": "2025-03-17T09:00:00+08:00",
            },
            {
                "kind": "important",
                "due_on": "2025-03-14",
                "reported_at": "2025-03-15T00:00:00+08:00",
                "confirmed_at": "2025-03-17T09:00:00+08:00",
            },
        ],
        1,
        2,
        ["met", "late"],
        period="2025-03",
    ),
    Example(
        "reported and not confirmed is not done",
        [
            {
                "kind": "important",
                "due_on": "2025-03-14",
                "reported_at": "2025-03-14T23:59:59+08:00",
                "confirmed_at": "2025-03-17T09:00:00+08:00",
            },
            {"kind": "important", "due_on": "2025-03-14", "reported_at": "2025-03-14T10:00:00+08:00"},
            {"kind": "important", "due_on": "2025-03-31"},
        ],
        1,
        3,
        ["met", "unconfirmed", "open"],
        period="2025-03",
    ),
)
