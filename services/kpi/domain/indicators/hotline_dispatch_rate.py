"""A-081: hotline cases given to somebody (B-024)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.case_facts import opened_and_done, when
from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text
from services.kpi.domain.times import maybe_instant
from services.kpi.domain.works import is_hotline, link, who

CODE = "hotline.dispatch.rate"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """By the day of receipt; one still open at the period's end stays in the denominator (AMB-109)."""
    if not is_hotline(case) or case.doc.get("cancelled_at") is not None:
        return ()
    done = maybe_instant(case.doc.get("dispatched_at"), case.zone)
    at, detail = when(case, "received_at"), {"number": case.doc.get("number")}
    return opened_and_done(CODE, case, at, done, "dispatched", link=link(case), who=who(case), detail=detail)


INDICATOR = Indicator(
    code=CODE,
    row="A-081",
    title=Text("热线电话分流率", "Hotline cases dispatched"),
    unit="percent",
    families=("work",),
    judge=judge,
    misses=Text("件未分流", "not dispatched"),
    version=2,
)

EXAMPLES = (
    Example(
        "one of two",
        [
            {"received_at": "2025-03-07T09:00:00+08:00", "dispatched_at": "2025-03-07T09:00:00+08:00"},
            {"received_at": "2025-03-07T09:00:00+08:00"},
        ],
        1,
        2,
        ["received", "dispatched", "received"],
    ),
)
