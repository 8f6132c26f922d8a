"""A-252: repairs completed in the time set after they were dispatched (B-021)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.case_facts import when
from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text
from services.kpi.domain.times import maybe_instant
from services.kpi.domain.works import is_repair, kept

CODE = "repair.ontime.completion.rate"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """Only repairs with such a limit: it is a parameter of the community. By the day of receipt."""
    own = (case.doc.get("clocks") or {}).get("repair.completion") or {}
    due = maybe_instant(own.get("due_at"), case.zone)
    if not is_repair(case) or due is None:
        return ()
    done, breached = case.doc.get("completed_at"), bool(own.get("breached"))
    return kept(CODE, case, judging, when(case, "received_at"), due, done, breached)


INDICATOR = Indicator(
    code=CODE,
    row="A-252",
    title=Text("维修按时完成率", "Repairs completed on time"),
    unit="percent",
    families=("work",),
    judge=judge,
    misses=Text("件未按时完成", "late"),
    version=2,
)

EXAMPLES = (
    Example(
        "completed by its limit",
        [
            {
                "received_at": "2025-03-07T09:00:00+08:00",
                "completed_at": "2025-03-08T09:00:00+08:00",
                "clocks": {"repair.completion": {"due_at": "2025-03-08T09:00:00+08:00"}},
            }
        ],
        1,
        1,
        ["met"],
    ),
    Example(
        "no limit was set",
        [{"received_at": "2025-03-07T09:00:00+08:00", "completed_at": "2025-03-07T09:00:00+08:00"}],
        0,
        0,
        state="no_data",
    ),
)
