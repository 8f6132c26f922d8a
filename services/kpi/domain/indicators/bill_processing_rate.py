"""A-246: slips posted and dunning notices delivered in time, of those due."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text
from services.kpi.domain.slips import notice_share, slip_shares

CODE = "bill.processing.rate"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """Both together, each as its own indicator counts it (A-248, A-250)."""
    # row: AMB-061 notices count beside the slips
    if case.family == "dunning_notice":
        return notice_share(CODE, case)
    return slip_shares(CODE, case)


INDICATOR = Indicator(
    code=CODE,
    row="A-246",
    title=Text("有关票据处理率", "Slips and notices processed in time"),
    unit="percent",
    families=(
        "paid_slip",
        "posted_slip",
        "dunning_notice",
    ),
    judge=judge,
    misses=Text("份未及时处理", "not in time"),
    version=2,
)

EXAMPLES = (Example("a slip written, never posted", [{"done_at": "2025-03-07T09:00:00+08:00"}], 0, 1, ["written"]),)
