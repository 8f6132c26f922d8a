"""A-279: valid complaints handled, of those ruled valid."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.case_facts import opened_and_done
from services.kpi.domain.complaint_facts import link, who
from services.kpi.domain.complaints import received
from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text
from services.kpi.domain.times import maybe_instant

CODE = "complaint.valid.handling.rate"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """Only what was ruled valid counts; by the day of receipt (AMB-109)."""
    if case.doc.get("cancelled_at") is not None or case.doc.get("valid") is not True:
        return ()
    done = maybe_instant(case.doc.get("completed_at"), case.zone)
    detail = {"number": case.doc.get("number")}
    return opened_and_done(CODE, case, received(case), done, "handled", link=link(case), who=who(case), detail=detail)


INDICATOR = Indicator(
    code=CODE,
    row="A-279",
    title=Text("有效投诉处理率", "Valid complaints handled"),
    unit="percent",
    families=("complaint",),
    judge=judge,
    misses=Text("件未处理", "not handled"),
    version=2,
)

EXAMPLES = (
    Example(
        "valid and handled; not valid; not ruled",
        [
            {"received_at": "2025-03-07T09:00:00+08:00", "valid": True, "completed_at": "2025-03-07T09:00:00+08:00"},
            {"received_at": "2025-03-07T09:00:00+08:00", "valid": False},
            {"received_at": "2025-03-07T09:00:00+08:00"},
        ],
        1,
        1,
        ["received", "handled"],
    ),
)
