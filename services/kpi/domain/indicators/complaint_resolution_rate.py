"""A-092: complaints solved, the owner's signature being the proof (A-097)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.case_facts import opened_and_done
from services.kpi.domain.complaint_facts import link, who
from services.kpi.domain.complaints import received
from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text
from services.kpi.domain.times import maybe_instant

CODE = "complaint.resolution.rate"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """Solved is what the owner signed; by the day of receipt, an open one stays in the denominator (AMB-109)."""
    if case.doc.get("cancelled_at") is not None:
        return ()
    done = maybe_instant(case.doc.get("signed_at"), case.zone)
    detail = {"number": case.doc.get("number")}
    return opened_and_done(CODE, case, received(case), done, "solved", link=link(case), who=who(case), detail=detail)


INDICATOR = Indicator(
    code=CODE,
    row="A-092",
    title=Text("投诉解决率", "Complaints solved"),
    unit="percent",
    families=("complaint",),
    judge=judge,
    misses=Text("件未解决", "not solved"),
    version=2,
)

EXAMPLES = (
    Example(
        "signed",
        [{"received_at": "2025-03-07T09:00:00+08:00", "signed_at": "2025-03-09T09:00:00+08:00"}],
        1,
        1,
        ["received", "solved"],
    ),
    Example(
        "handled and not signed",
        [{"received_at": "2025-03-07T09:00:00+08:00", "completed_at": "2025-03-07T09:00:00+08:00"}],
        0,
        1,
        ["received"],
    ),
)
