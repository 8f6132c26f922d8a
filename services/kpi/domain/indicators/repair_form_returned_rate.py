"""A-254: completed repairs whose work slip came back (B-021)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.case_facts import one_of_one, when
from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text
from services.kpi.domain.works import is_repair, link, who

CODE = "repair.form.returned.rate"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """Of repairs that were completed; by the day of completion."""
    if not is_repair(case) or case.doc.get("completed_at") is None:
        return ()
    returned = case.doc.get("slip_returned_at") is not None
    verdict = "returned" if returned else "not_returned"
    at, detail = when(case, "completed_at"), {"number": case.doc.get("number")}
    return (one_of_one(CODE, case, at, returned, verdict, link=link(case), who=who(case), detail=detail),)


INDICATOR = Indicator(
    code=CODE,
    row="A-254",
    title=Text("维修任务单收回率", "Work slips returned"),
    unit="percent",
    families=("work",),
    judge=judge,
    misses=Text("份未收回", "not returned"),
    version=2,
)

EXAMPLES = (
    Example(
        "returned",
        [
            {
                "received_at": "2025-03-07T09:00:00+08:00",
                "completed_at": "2025-03-07T09:00:00+08:00",
                "slip_returned_at": "2025-03-07T09:00:00+08:00",
            }
        ],
        1,
        1,
        ["returned"],
    ),
    Example(
        "kept by the engineer",
        [{"received_at": "2025-03-07T09:00:00+08:00", "completed_at": "2025-03-07T09:00:00+08:00"}],
        0,
        1,
        ["not_returned"],
    ),
)
