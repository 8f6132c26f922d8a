"""A-199: documents of the policy register brought up to date by the day they were due (AMB-031)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.facts import WITHIN_LIMIT, Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text
from services.kpi.domain.times import local_date, midnight_after

CODE = "policy.update.rate"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """1 of 1 for a day that a new edition met; a day to come is in neither number."""
    doc = case.doc
    due = local_date(doc["due_on"], case.zone)
    over = bool(doc.get("over")) or (judging.as_at is not None and judging.as_at >= midnight_after(due, case.zone))
    if doc.get("updated_at") is not None:
        verdict = "met" if local_date(doc["updated_at"], case.zone) <= due else "late"
    else:
        verdict = "missing" if over else WITHIN_LIMIT
    return (
        Fact(
            indicator=CODE,
            subject=case.subject,
            numerator=int(verdict == "met"),
            denominator=1,
            on=due,
            verdict=verdict,
            counted=verdict != WITHIN_LIMIT,
            link=f"/kpi/v1/policies/{case.subject.partition('@')[0]}",
            detail={"code": doc.get("code"), "due_on": due.isoformat()},
        ),
    )


INDICATOR = Indicator(
    code=CODE,
    row="A-199",
    title=Text("制度更新完善率", "Policies brought up to date"),
    unit="percent",
    families=("policy_update",),
    judge=judge,
    misses=Text("项未更新", "not brought up to date"),
)

EXAMPLES = (
    Example(
        "a new edition on its day, one a day late, one never",
        [
            {"due_on": "2025-03-31", "updated_at": "2025-03-31T23:59:59+08:00"},
            {"due_on": "2025-03-31", "updated_at": "2025-04-01T00:00:00+08:00"},
            {"due_on": "2025-02-01"},
        ],
        1,
        3,
    ),
)
