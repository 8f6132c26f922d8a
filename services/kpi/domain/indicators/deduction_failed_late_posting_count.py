"""A-249: slips posted only after the deduction run that was to collect them (B-074)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.case_facts import counted_once, when
from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text

CODE = "deduction.failed.late_posting.count"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """One a slip posted too late; by the day of the run that missed it."""
    if case.doc["in_time"]:
        return ()
    return (counted_once(CODE, case, when(case, "run_at"), "late", detail={"number": case.doc.get("number")}),)


INDICATOR = Indicator(
    code=CODE,
    row="A-249",
    title=Text("因录入不及时扣款不成功次数", "Deductions missed through late posting"),
    unit="count",
    families=("posted_slip",),
    judge=judge,
    version=2,
)

EXAMPLES = (
    Example("posted after the run", [{"in_time": False, "run_at": "2025-03-07T09:00:00+08:00"}], 1, 0, ["late"]),
    Example("in time", [{"in_time": True, "run_at": "2025-03-07T09:00:00+08:00"}], 0, 0, state="no_data"),
)
