"""A-201: major complaints every clock of which was kept (B-012)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.complaint_facts import timeliness
from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text

CODE = "complaint.major.timeliness.rate"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """As all complaints are judged (A-211), of those raised to major."""
    return timeliness(CODE, case, judging) if case.doc.get("major") is True else ()


INDICATOR = Indicator(
    code=CODE,
    row="A-201",
    title=Text("重大投诉处理及时率", "Major complaints handled in time"),
    unit="percent",
    families=("complaint",),
    judge=judge,
    misses=Text("件超时", "late"),
    version=2,
)

EXAMPLES = (
    Example(
        "answered late",
        [{"received_at": "2025-03-07T09:00:00+08:00", "major": True, "responded_at": "2025-03-07T09:10:01+08:00"}],
        0,
        1,
        ["late"],
    ),
    Example(
        "not major: no case of this indicator",
        [{"received_at": "2025-03-07T09:00:00+08:00", "responded_at": "2025-03-07T09:00:00+08:00"}],
        0,
        0,
        state="no_data",
    ),
)
