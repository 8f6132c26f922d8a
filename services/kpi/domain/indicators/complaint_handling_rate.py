"""A-106: complaints handled, of those received (A-283, A-299)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.case_facts import opened_and_done
from services.kpi.domain.complaint_facts import link, who
from services.kpi.domain.complaints import received
from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text
from services.kpi.domain.times import maybe_instant

CODE = "complaint.handling.rate"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """By the day of receipt; one still open at the period's end stays in the denominator (AMB-109)."""
    if case.doc.get("cancelled_at") is not None:
        return ()
    done = maybe_instant(case.doc.get("completed_at"), case.zone)
    detail = {"number": case.doc.get("number")}
    return opened_and_done(CODE, case, received(case), done, "handled", link=link(case), who=who(case), detail=detail)


INDICATOR = Indicator(
    code=CODE,
    row="A-106",
    title=Text("投诉处理率", "Complaints handled"),
    unit="percent",
    families=("complaint",),
    judge=judge,
    misses=Text("件未处理", "not handled"),
    version=2,
)

EXAMPLES = (
    Example(
        "handled in the quarter",
        [{"received_at": "2025-03-07T09:00:00+08:00", "completed_at": "2025-03-08T09:00:00+08:00"}],
        1,
        1,
        ["received", "handled"],
    ),
    Example(
        "handled only in April: open at the end of March",
        [{"received_at": "2025-03-07T09:00:00+08:00", "completed_at": "2025-04-02T09:00:00+08:00"}],
        0,
        1,
        ["received", "within_limit"],
    ),
    Example("open", [{"received_at": "2025-03-07T09:00:00+08:00"}], 0, 1, ["received"]),
)
