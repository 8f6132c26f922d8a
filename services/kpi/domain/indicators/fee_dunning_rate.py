"""A-244: debtors dunned on time: every step of their month that was due (B-073)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.case_facts import one_of_one
from services.kpi.domain.dunning import about, last_day, verdict_of
from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text

CODE = "fee.dunning.rate"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """One share a debtor and month; late or missed once, it was not on time. All suspended: in neither."""
    found = verdict_of(case)
    counted = found != "suspended"
    return (one_of_one(CODE, case, last_day(case), found == "done", found, counted=counted, detail=about(case)),)


INDICATOR = Indicator(
    code=CODE,
    row="A-244",
    title=Text("管理费催缴率", "Debtors dunned on time"),
    unit="percent",
    families=("dunning_month",),
    judge=judge,
    misses=Text("户漏催或迟催", "not dunned or late"),
    version=2,
)

EXAMPLES = (
    Example(
        "all steps done", [{"period": "2025-03", "steps": {"a": {"kind": "sms", "state": "done"}}}], 1, 1, ["done"]
    ),
    Example(
        "one of two missed",
        [
            {
                "period": "2025-03",
                "steps": {"a": {"kind": "sms", "state": "done"}, "b": {"kind": "call", "state": "missed"}},
            }
        ],
        0,
        1,
        ["missed"],
    ),
    Example(
        "in dispute",
        [{"period": "2025-03", "steps": {"a": {"kind": "sms", "state": "suspended"}}}],
        0,
        0,
        ["suspended"],
        state="no_data",
    ),
)
