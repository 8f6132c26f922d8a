"""A-164: suggestions made and effective in the same month (B-113, AMB-075)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.meetings import counts_in_month
from services.kpi.domain.numbers import Text
from services.kpi.domain.times import local_date

CODE = "bonus.suggestion.count"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """One for each that was made and had its effect in one month; another is shown and counts for nothing."""
    doc = case.doc
    made, effective = local_date(doc["suggested_on"], case.zone), local_date(doc["effective_on"], case.zone)
    same = counts_in_month(made, effective)
    return (
        Fact(
            indicator=CODE,
            subject=case.subject,
            numerator=int(same),
            denominator=0,
            on=effective,
            verdict="effective" if same else "other_month",
            counted=same,
            who=doc.get("suggested_by"),
            link=f"/kpi/v1/suggestions/{case.subject}",
            detail={"number": doc.get("number"), "suggested_on": made.isoformat()},
        ),
    )


INDICATOR = Indicator(
    code=CODE,
    row="A-164",
    title=Text("有成效的管理建议", "Adopted suggestions with effect"),
    unit="count",
    families=("suggestion",),
    judge=judge,
)

EXAMPLES = (
    Example(
        "made on the first and effective on the last day of a month; another one of last month",
        [
            {"suggested_on": "2025-03-01", "effective_on": "2025-03-31"},
            {"suggested_on": "2025-02-28", "effective_on": "2025-03-01"},
        ],
        1,
        0,
        ["effective", "other_month"],
    ),
)
