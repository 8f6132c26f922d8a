"""A-186: days on which the whole park was patrolled, of the days it was due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from services.kpi.domain.case_facts import one_of_one
from services.kpi.domain.facts import WITHIN_LIMIT, Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text

CODE = "park.patrol.daily.rate"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """By the day; one not over yet, with a part of the park patrolled, is in neither number."""
    doc, on = case.doc, date.fromisoformat(case.doc["day"])
    if not doc["whole"] and not doc["missed"]:
        return (one_of_one(CODE, case, on, False, WITHIN_LIMIT, counted=False),)
    return (one_of_one(CODE, case, on, bool(doc["whole"]), "patrolled" if doc["whole"] else "missed"),)


INDICATOR = Indicator(
    code=CODE,
    row="A-186",
    title=Text("每日全面巡视完成率", "Days the whole park was patrolled"),
    unit="percent",
    families=("patrol_day",),
    judge=judge,
    misses=Text("天未全面巡视", "days missed"),
    version=2,
)

EXAMPLES = (
    Example("patrolled", [{"day": "2025-03-07", "whole": True, "missed": False}], 1, 1, ["patrolled"]),
    Example("missed", [{"day": "2025-03-07", "whole": False, "missed": True}], 0, 1, ["missed"]),
    Example(
        "a part of it, and the day is not over",
        [{"day": "2025-03-07", "whole": False, "missed": False}],
        0,
        0,
        ["within_limit"],
        state="no_data",
    ),
)
