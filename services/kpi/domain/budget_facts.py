"""Facts about budgets: of each category and month what was spent against what was approved, once it is known.

Money nobody approved counts too: it is spent of nothing. A month without a reported actual is in neither number.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from services.kpi.domain.facts import Case, Fact
from services.kpi.domain.times import month_end


def spent(code: str, case: Case, level: str, *, deviation: bool) -> Sequence[Fact]:
    """Actual (or actual minus budget) of the budget, in fen, on the last day of its month."""
    doc = case.doc
    if doc["level"] != level:
        return ()
    budget = sum(int(fen) for fen in (doc.get("budgets") or {}).values())
    actual = doc.get("actual_fen")
    known = actual is not None
    return (
        Fact(
            indicator=code,
            subject=case.subject,
            numerator=0 if actual is None else int(actual) - (budget if deviation else 0),
            denominator=budget,
            on=month_end(_first(doc["month"])),
            verdict="spent" if known else "not_reported",
            counted=known,
            link="/kpi/v1/budgets/variance",
            detail={"category": doc["category"], "month": doc["month"], "budget_fen": budget, "actual_fen": actual},
        ),
    )


def _first(month: str) -> date:
    return date(int(month[:4]), int(month[5:7]), 1)
