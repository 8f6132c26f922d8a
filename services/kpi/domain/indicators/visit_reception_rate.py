"""A-008: visits received at the desk whose matter was handled or passed on."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.case_facts import one_of_one, when
from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text

CODE = "visit.reception.rate"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """By the day of the visit; one whose matter is not seen to counts against the rate."""
    if case.doc.get("received_at") is None:
        return ()
    handled = case.doc.get("handled_at") is not None
    verdict = str(case.doc.get("affair") or "handled") if handled else "not_handled"
    return (
        one_of_one(
            CODE, case, when(case, "received_at"), handled, verdict, link=f"/ticketing/v1/visits/{case.subject}"
        ),
    )


INDICATOR = Indicator(
    code=CODE,
    row="A-008",
    title=Text("业主来访接待率", "Visits received and passed on"),
    unit="percent",
    families=("visit",),
    judge=judge,
    misses=Text("次未办理", "not seen to"),
    version=2,
)

EXAMPLES = (
    Example(
        "handled at once",
        [{"received_at": "2025-03-07T09:00:00+08:00", "handled_at": "2025-03-07T09:00:00+08:00", "affair": "at_once"}],
        1,
        1,
        ["at_once"],
    ),
    Example("nothing became of it", [{"received_at": "2025-03-07T09:00:00+08:00"}], 0, 1, ["not_handled"]),
)
