"""A-147: items of the training plan done within the month (AMB-073: apart from the work plan)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text
from services.kpi.domain.task_facts import completed

CODE = "plan.training.completion.rate"
KINDS = frozenset({"training"})


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """Items of approved training plans."""
    return completed(CODE, case, judging, KINDS)


INDICATOR = Indicator(
    code=CODE,
    row="A-147",
    title=Text("员工培训计划完成率", "Items of the training plan completed"),
    unit="percent",
    families=("work_task",),
    judge=judge,
    misses=Text("项未完成", "not done"),
)

EXAMPLES = (
    Example(
        "late within its month is done, in the next month it is not",
        [
            {
                "kind": "training",
                "due_on": "2025-03-14",
                "reported_at": "2025-03-15T00:00:00+08:00",
                "confirmed_at": "2025-03-17T09:00:00+08:00",
            },
            {
                "kind": "training",
                "due_on": "2025-03-14",
                "reported_at": "2025-04-01T00:00:00+08:00",
                "confirmed_at": "2025-04-02T09:00:00+08:00",
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
                "kind": "training",
                "due_on": "2025-03-14",
                "reported_at": "2025-03-14T23:59:59+08:00",
                "confirmed_at": "2025-03-17T09:00:00+08:00",
            },
            {"kind": "training", "due_on": "2025-03-14", "reported_at": "2025-03-14T10:00:00+08:00"},
            {"kind": "training", "due_on": "2025-03-31"},
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
                "kind": "training",
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
