"""A-219: gaps at the front desk in its hours: nobody was there (B-061)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text

CODE = "frontdesk.gap.count"
FRONT_DESK = "frontdesk"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """Each gap of the desk's day once; a day without any was covered."""
    if case.doc.get("post", FRONT_DESK) != FRONT_DESK or "gaps" not in case.doc:
        return ()
    gaps, on = len(case.doc["gaps"]), date.fromisoformat(case.doc["day"])
    return (
        Fact(
            indicator=CODE,
            subject=case.subject,
            numerator=gaps,
            denominator=0,
            on=on,
            verdict="gap" if gaps else "covered",
            detail={"minutes": case.doc["minutes"], "gaps": list(case.doc["gaps"])},
        ),
    )


INDICATOR = Indicator(
    code=CODE,
    row="A-219",
    title=Text("前台空岗次数", "Gaps at the front desk"),
    unit="count",
    families=("post_day",),
    judge=judge,
    version=2,
)

EXAMPLES = (
    Example(
        "two gaps in a day",
        [{"post": "frontdesk", "day": "2025-03-07", "minutes": 25, "gaps": [{}, {}]}],
        2,
        0,
        ["gap"],
    ),
    Example(
        "told late that somebody was there",
        [{"post": "frontdesk", "day": "2025-03-07", "minutes": 0, "gaps": []}],
        0,
        0,
        ["covered"],
    ),
    Example(
        "another post", [{"post": "gate", "day": "2025-03-07", "minutes": 25, "gaps": [{}]}], 0, 0, state="no_data"
    ),
)
