"""A-241: complaints about initiative, by what the desk entered them under."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.complaint_facts import of_topic
from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text

CODE = "complaint.initiative.count"
TOPIC = "staff_initiative"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """One for each, by the day of receipt."""
    return of_topic(CODE, case, TOPIC)


INDICATOR = Indicator(
    code=CODE,
    row="A-241",
    title=Text("工作积极性投诉", "Complaints about initiative"),
    unit="count",
    families=("complaint",),
    judge=judge,
)

_ONE = {"received_at": "2025-03-07T09:00:00+08:00", "topic": TOPIC}
EXAMPLES = (
    Example(
        "one; one of another topic; one ruled not valid and one taken back are seen and not counted",
        [
            _ONE,
            {**_ONE, "topic": "facility"},
            {**_ONE, "valid": False},
            {**_ONE, "cancelled_at": "2025-03-07T10:00:00+08:00"},
        ],
        1,
        0,
        ["received", "not_valid", "cancelled"],
    ),
    Example("none of this topic", [{**_ONE, "topic": "fees"}], 0, 0, state="no_data"),
)
