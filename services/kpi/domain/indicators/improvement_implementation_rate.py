"""A-313: measures from management reviews and internal audits that were implemented by their day."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text
from services.kpi.domain.task_facts import on_time

CODE = "improvement.implementation.rate"
KINDS = frozenset({"improvement"})


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """Measures of reviews and audits alone."""
    return on_time(CODE, case, judging, KINDS)


INDICATOR = Indicator(
    code=CODE,
    row="A-313",
    title=Text("改进措施落实率", "Improvement measures implemented"),
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
                "kind": "improvement",
                "due_on": "2025-03-14",
                "reported_at": "2025-03-14T23:59:59+08:00",
                "confirmed_at": "2025-03-17T09:00:00+08:00",
            },
            {
                "kind": "improvement",
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
                "kind": "improvement",
                "due_on": "2025-03-14",
                "reported_at": "2025-03-14T23:59:59+08:00",
                "confirmed_at": "2025-03-17T09:00:00+08:00",
            },
            {"kind": "improvement", "due_on": "2025-03-14", "reported_at": "2025-03-14T10:00:00+08:00"},
            {"kind": "improvement", "due_on": "2025-03-31"},
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
                "kind": "improvement",
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
