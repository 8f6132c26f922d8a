"""A-013: publicity tasks done by their day."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text
from services.kpi.domain.task_facts import on_time

CODE = "publicity.task.done"
KINDS = frozenset({"publicity"})


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """Publicity tasks alone."""
    return on_time(CODE, case, judging, KINDS)


INDICATOR = Indicator(
    code=CODE,
    row="A-013",
    title=Text("对外宣传任务完成率", "Publicity tasks done"),
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
                "kind": "publicity",
                "due_on": "2025-03-14",
                "reported_at": "2025-03-14T23:59:59+08:00",
                "confirmed_at": "2025-03-17T09:00:00+08:00",
            },
            {
                "kind": "publicity",
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
                "kind": "publicity",
                "due_on": "2025-03-14",
                "reported_at": "2025-03-14T23:59:59+08:00",
                "confirmed_at": "2025-03-17T09:00:00+08:00",
            },
            {"kind": "publicity", "due_on": "2025-03-14", "reported_at": "2025-03-14T10:00:00+08:00"},
            {"kind": "publicity", "due_on": "2025-03-31"},
        ],
        1,
        3,
        ["met", "unconfirmed", "open"],
        period="2025-03",
    ),
    Example(
        "another kind of task is not meant",
        [
            {
                "kind": "publicity",
                "due_on": "2025-03-14",
                "reported_at": "2025-03-14T23:59:59+08:00",
                "confirmed_at": "2025-03-17T09:00:00+08:00",
            },
            {"kind": "butler", "due_on": "2025-03-14"},
        ],
        1,
        1,
        ["met"],
        period="2025-03",
    ),
)
