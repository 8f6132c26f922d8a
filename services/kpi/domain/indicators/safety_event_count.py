"""A-056: safety events, below an accident, at most one a year (AMB-042)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.incidents import all_rulings, counted
from services.kpi.domain.numbers import Text

CODE = "safety.event.count"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """Ruled an event by level; by the day it happened."""
    found = all_rulings(case)
    if not found:
        return ()
    event = next((one for one in found if one.get("level") == "event"), None)
    verdict = "event" if event is not None else "other"
    return (counted(CODE, case, judging, event or found[0], verdict, event is not None),)


INDICATOR = Indicator(
    code=CODE,
    row="A-056",
    title=Text("安全事件起数", "Safety events"),
    unit="count",
    families=("incident",),
    judge=judge,
    version=2,
)

EXAMPLES = (
    Example("an event", [{"level": "event"}], 1, 0, ["event"]),
    Example("an accident is none", [{"level": "general"}], 0, 0, ["other"]),
)
