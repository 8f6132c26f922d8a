"""A-215: files verified or updated in the month; over a longer period the months are added up (B-114, AMB-019)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.archives import checked
from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text

CODE = "archive.update.monthly.rate"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """What each check found of the file."""
    return checked(CODE, case, "up_to_date", "up_to_date", "outdated")


INDICATOR = Indicator(
    code=CODE,
    row="A-215",
    title=Text("每月核查更新率", "Owner files verified or updated each month"),
    unit="percent",
    families=("archive_file",),
    judge=judge,
    selection="monthly_last_check",
    obliged=True,
    misses=Text("份未核查更新", "not verified"),
)

EXAMPLES = (
    Example(
        "three months, the file checked in two of them",
        [
            {
                "registered_at": "2024-12-01T09:00:00+08:00",
                "checks": [
                    {"checked_at": "2025-01-20T09:00:00+08:00", "complete": True, "up_to_date": True},
                    {"checked_at": "2025-03-20T09:00:00+08:00", "complete": True, "up_to_date": True},
                ],
            }
        ],
        2,
        3,
    ),
    Example(
        "two checks in one month: the later one",
        [
            {
                "registered_at": "2025-03-01T09:00:00+08:00",
                "checks": [
                    {"checked_at": "2025-03-10T09:00:00+08:00", "complete": True, "up_to_date": False},
                    {"checked_at": "2025-03-20T09:00:00+08:00", "complete": True, "up_to_date": True},
                ],
            }
        ],
        1,
        1,
        ["up_to_date"],
    ),
)
