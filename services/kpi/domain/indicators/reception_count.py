"""A-233: visits received at the desk, as the monthly plan asks."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.case_facts import counted_once, when
from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text

CODE = "reception.count"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """Each visit once, by its day."""
    if case.doc.get("received_at") is None:
        return ()
    return (
        counted_once(CODE, case, when(case, "received_at"), "received", link=f"/ticketing/v1/visits/{case.subject}"),
    )


INDICATOR = Indicator(
    code=CODE,
    row="A-233",
    title=Text("接待量", "Receptions"),
    unit="count",
    families=("visit",),
    judge=judge,
    version=2,
)

EXAMPLES = (
    Example(
        "two visits",
        [{"received_at": "2025-03-07T09:00:00+08:00"}, {"received_at": "2025-03-07T09:00:00+08:00"}],
        2,
        0,
        ["received", "received"],
    ),
)
