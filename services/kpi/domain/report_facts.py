"""Facts about reports and plans: handed in by their day, late, or never; counted in the period they were due in."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.facts import WITHIN_LIMIT, Case, Fact, Judging
from services.kpi.domain.times import local_date, midnight_after


def handed_in(code: str, case: Case, judging: Judging, form: str) -> Sequence[Fact]:
    """1 of 1 for one handed in before the end of its day; the first time counts, whatever was returned later."""
    doc = case.doc
    if doc["form"] != form:
        return ()
    due = local_date(doc["due_on"], case.zone)
    over = bool(doc.get("over")) or (judging.as_at is not None and judging.as_at >= midnight_after(due, case.zone))
    if doc.get("submitted_at") is not None:
        verdict, counted = ("met" if local_date(doc["submitted_at"], case.zone) <= due else "late"), True
    else:
        verdict, counted = ("missing", True) if over else (WITHIN_LIMIT, False)
    return (
        Fact(
            indicator=code,
            subject=case.subject,
            numerator=int(verdict == "met"),
            denominator=1,
            on=due,
            verdict=verdict,
            counted=counted,
            who=doc.get("responsible_id"),
            link=f"/kpi/v1/reports/{case.subject}",
            detail={"form": form, "period": doc.get("period"), "due_on": due.isoformat()},
        ),
    )
