"""A-220: days of posts on which roster and presence were checked (B-031)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from services.kpi.domain.case_facts import one_of_one
from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text
from services.kpi.domain.times import local_date

CODE = "roster.check.daily.rate"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """Each day of a post once, by its date; checked later than on the day itself is not checked daily."""
    day = date.fromisoformat(case.doc["day"])
    at = case.doc.get("checked_at")
    met = at is not None and local_date(at, case.zone) <= day
    return (one_of_one(CODE, case, day, met, "met" if met else "late" if at is not None else "not_checked"),)


INDICATOR = Indicator(
    code=CODE,
    row="A-220",
    title=Text("每日排班在岗检查率", "Days with a roster check"),
    unit="percent",
    families=("post_day",),
    judge=judge,
    misses=Text("天未检查", "not checked on the day"),
)

EXAMPLES = (
    Example(
        "checked on the day, the day after, and not at all",
        [
            {"post": "frontdesk", "day": "2025-03-07", "checked_at": "2025-03-07T23:59:59+08:00"},
            {"post": "frontdesk", "day": "2025-03-08", "checked_at": "2025-03-09T00:00:00+08:00"},
            {"post": "frontdesk", "day": "2025-03-09", "minutes": 0, "gaps": []},
        ],
        1,
        3,
        ["met", "late", "not_checked"],
    ),
)
