"""A-025: major fires by management's fault (A-274, A-292, A-309)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.incidents import all_rulings, counted
from services.kpi.domain.numbers import Text

CODE = "incident.fire.major.count"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """Ruled a fire, major, and caused by dereliction, by whichever set it was ruled; by the day it happened."""
    found = all_rulings(case)
    if not found:
        return ()
    fires = [one for one in found if one.get("cause") == "fire" and one.get("level", "major") == "major"]
    guilty = next((one for one in fires if one.get("fault", "dereliction") == "dereliction"), None)
    verdict = "major_fire" if guilty is not None else "not_major"
    return (counted(CODE, case, judging, guilty or found[0], verdict, guilty is not None),)


INDICATOR = Indicator(
    code=CODE,
    row="A-025",
    title=Text("重大火灾责任事故", "Major fires"),
    unit="count",
    families=("incident",),
    judge=judge,
    version=2,
)

EXAMPLES = (
    Example(
        "a major fire",
        [
            {
                "happened_at": "2025-03-07T09:00:00+08:00",
                "rulings": {"T000": {"event_class": "fire", "level": "major", "by_dereliction": True}},
            }
        ],
        1,
        0,
        ["major_fire"],
    ),
    Example("ruled general", [{"cause": "fire", "level": "general"}], 0, 0, ["not_major"]),
    Example("nobody's fault", [{"cause": "fire", "level": "major", "fault": "none"}], 0, 0, ["not_major"]),
)
