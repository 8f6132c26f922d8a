"""A-213: owner files with all required fields at their last check of the period (AMB-018, AMB-113)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.archives import checked
from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text

CODE = "archive.completeness.rate"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """What each check found of the file."""
    return checked(CODE, case, "complete", "complete", "incomplete")


INDICATOR = Indicator(
    code=CODE,
    row="A-213",
    title=Text("业主档案完整率", "Owner files complete"),
    unit="percent",
    families=("archive_file",),
    judge=judge,
    selection="last_check",
    obliged=True,
    misses=Text("份不完整", "incomplete"),
)

EXAMPLES = (
    Example(
        "AMB-113: the last check of the quarter stands",
        [
            {
                "registered_at": "2024-12-01T09:00:00+08:00",
                "checks": [
                    {"checked_at": "2025-01-20T09:00:00+08:00", "complete": False, "up_to_date": False},
                    {"checked_at": "2025-03-20T09:00:00+08:00", "complete": True, "up_to_date": True},
                ],
            }
        ],
        1,
        1,
        ["complete"],
    ),
    Example(
        "AMB-113: on the register, never checked, while another file was",
        [
            {"registered_at": "2025-03-30T09:00:00+08:00", "checks": []},
            {
                "registered_at": "2024-12-01T09:00:00+08:00",
                "checks": [{"checked_at": "2025-02-20T09:00:00+08:00", "complete": True, "up_to_date": True}],
            },
        ],
        1,
        2,
    ),
    Example(
        "AMB-113: no check at all in the quarter: not measured",
        [
            {
                "registered_at": "2024-12-01T09:00:00+08:00",
                "checks": [{"checked_at": "2024-12-20T09:00:00+08:00", "complete": True, "up_to_date": True}],
            }
        ],
        0,
        0,
        state="not_measured",
    ),
)
