"""A-278: complaints raised to major."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.case_facts import counted_once
from services.kpi.domain.complaint_facts import link
from services.kpi.domain.complaints import received
from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text

CODE = "complaint.major.count"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """One that is major now, by the day of receipt; lowered again or taken back it does not count."""
    if case.doc.get("major") is not True:
        return ()
    counts = case.doc.get("cancelled_at") is None
    verdict = "major" if counts else "cancelled"
    detail = {"number": case.doc.get("number")}
    return (counted_once(CODE, case, received(case), verdict, counts=counts, link=link(case), detail=detail),)


INDICATOR = Indicator(
    code=CODE,
    row="A-278",
    title=Text("重大业主投诉", "Major complaints"),
    unit="count",
    families=("complaint",),
    judge=judge,
    version=2,
)

EXAMPLES = (
    Example(
        "one of two is major",
        [
            {"received_at": "2025-03-07T09:00:00+08:00", "major": True},
            {"received_at": "2025-03-07T09:00:00+08:00", "major": False},
        ],
        1,
        0,
        ["major"],
    ),
)
