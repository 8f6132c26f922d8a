"""A-245: debtors who were not dunned, or late (B-073)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.case_facts import counted_once
from services.kpi.domain.dunning import about, last_day, verdict_of
from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text

CODE = "dunning.missed.count"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """One a debtor and month with a step missed or late."""
    found = verdict_of(case)
    if found not in ("missed", "late"):
        return ()
    return (counted_once(CODE, case, last_day(case), found, detail=about(case)),)


INDICATOR = Indicator(
    code=CODE,
    row="A-245",
    title=Text("漏催、迟催户数", "Debtors not dunned or late"),
    unit="count",
    families=("dunning_month",),
    judge=judge,
    version=2,
)

EXAMPLES = (
    Example(
        "a step late",
        [
            {
                "period": "2025-03",
                "steps": {"a": {"kind": "sms", "state": "done"}, "b": {"kind": "call", "state": "late"}},
            }
        ],
        1,
        0,
        ["late"],
    ),
    Example(
        "all done", [{"period": "2025-03", "steps": {"a": {"kind": "sms", "state": "done"}}}], 0, 0, state="no_data"
    ),
)
