"""A-247: sampled visits whose visitor was greeted within two metres (B-002)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.case_facts import one_of_one, when
from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text

CODE = "visit.greeting.two_metres.rate"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """Only visits that somebody observed; by the day of the observation."""
    if case.doc.get("observed_at") is None:
        return ()
    greeted = bool(case.doc["greeted"])
    verdict = "greeted" if greeted else "not_greeted"
    return (
        one_of_one(
            CODE, case, when(case, "observed_at"), greeted, verdict, link=f"/ticketing/v1/visits/{case.subject}"
        ),
    )


INDICATOR = Indicator(
    code=CODE,
    row="A-247",
    title=Text("来访2米内问好率", "Visitors greeted within two metres"),
    unit="percent",
    families=("visit",),
    judge=judge,
    misses=Text("次未问好", "not greeted"),
    version=2,
)

EXAMPLES = (
    Example("observed and greeted", [{"observed_at": "2025-03-07T09:00:00+08:00", "greeted": True}], 1, 1, ["greeted"]),
    Example(
        "observed, not greeted", [{"observed_at": "2025-03-07T09:00:00+08:00", "greeted": False}], 0, 1, ["not_greeted"]
    ),
    Example("nobody observed", [{"received_at": "2025-03-07T09:00:00+08:00"}], 0, 0, state="no_data"),
)
