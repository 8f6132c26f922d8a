"""A-045: general accidents caused by serious dereliction (A-142)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.incidents import all_rulings, counted
from services.kpi.domain.numbers import Text

CODE = "incident.general.dereliction.count"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """Ruled a general accident and caused by dereliction; by the day it happened."""
    found = all_rulings(case)
    if not found:
        return ()
    own = [one for one in found if one.get("level") == "general" and one.get("fault", "dereliction") == "dereliction"]
    verdict = "general" if own else "other"
    return (counted(CODE, case, judging, own[0] if own else found[0], verdict, bool(own)),)


INDICATOR = Indicator(
    code=CODE,
    row="A-045",
    title=Text("严重失职一般事故", "General accidents by dereliction"),
    unit="count",
    families=("incident",),
    judge=judge,
    version=2,
)

EXAMPLES = (
    Example("general, by dereliction", [{"level": "general"}], 1, 0, ["general"]),
    Example("nobody's fault", [{"level": "general", "fault": "none"}], 0, 0, ["other"]),
)
