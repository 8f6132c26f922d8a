"""A-248: paid-service slips posted before the deduction run that collects them (B-074)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text
from services.kpi.domain.slips import slip_shares

CODE = "slip.posting.timeliness.rate"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """The slip as written is the denominator, its posting in time the numerator; by the day the service was done."""
    return slip_shares(CODE, case)


INDICATOR = Indicator(
    code=CODE,
    row="A-248",
    title=Text("有偿服务单及时录入率", "Paid-service slips posted in time"),
    unit="percent",
    families=(
        "paid_slip",
        "posted_slip",
    ),
    judge=judge,
    misses=Text("张未及时录入", "not posted in time"),
    version=2,
)

EXAMPLES = (
    Example("written, never posted", [{"done_at": "2025-03-07T09:00:00+08:00"}], 0, 1, ["written"]),
    Example(
        "voided",
        [{"done_at": "2025-03-07T09:00:00+08:00", "voided_at": "2025-03-07T09:00:00+08:00"}],
        0,
        0,
        ["voided"],
        state="no_data",
    ),
)
