"""Reported and compared, without points: what the letter wants watched but does not price (A-219 to A-236)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from services.kpi.domain.numbers import Text
from services.kpi.domain.score_rules import Deduction, Missed, ScoringRule


def deduct(missed: Missed) -> Deduction:
    """Nothing."""
    return Deduction(Fraction(0), Text("只报告，不计分", "reported, not scored"))


def forfeit(settings: Mapping[str, Any], pool: Fraction) -> Fraction:
    """Nothing."""
    return Fraction(0)


RULE = ScoringRule(
    code="reported",
    title=Text("只报告", "Reported only"),
    deduct=deduct,
    forfeit=forfeit,
    scored=False,
)

EXAMPLES = (
    {
        "numerator": 1,
        "denominator": 2,
        "target": "100",
        "op": "=",
        "settings": {},
        "deductions": {"linear": "0.00", "floor": "0.00", "ceil": "0.00"},
    },
)
