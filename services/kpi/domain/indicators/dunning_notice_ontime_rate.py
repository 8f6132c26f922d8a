"""A-250: dunning notices printed and delivered by their day (B-075)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text
from services.kpi.domain.slips import notice_share

CODE = "dunning.notice.ontime.rate"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """By the day it was to be delivered; one printed and not delivered counts once that day has passed."""
    return notice_share(CODE, case)


INDICATOR = Indicator(
    code=CODE,
    row="A-250",
    title=Text("催缴通知书按时派发率", "Dunning notices delivered on time"),
    unit="percent",
    families=("dunning_notice",),
    judge=judge,
    misses=Text("份未按时派发", "not delivered on time"),
    version=2,
)

EXAMPLES = (
    Example(
        "delivered on its day",
        [{"due_at": "2025-03-20T23:59:59+08:00", "delivered_at": "2025-03-20T23:59:59+08:00", "on_time": True}],
        1,
        1,
        ["delivered"],
    ),
    Example(
        "printed, not delivered",
        [{"due_at": "2025-03-20T23:59:59+08:00", "printed_at": "2025-03-20T23:59:59+08:00"}],
        0,
        1,
        ["not_delivered"],
    ),
)
