"""A fixed number of points off at least; an appraiser may raise it, never lower it: "至少扣3分" (F-028, AMB-047)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from services.kpi.domain.numbers import Text, exact, fixed, plain
from services.kpi.domain.score_rules import Deduction, Missed, ScoringRule


def deduct(missed: Missed) -> Deduction:
    """The printed points, or more where an appraiser says so. Raises JudgementOutOfRange for fewer."""
    least = exact(missed.settings["points"])
    # row: F-028, F-069, AMB-047 the appraiser may enter more, never less
    points = max([least, *(judgement.within(least, None) for judgement in missed.judgements)])
    return Deduction(
        points,
        Text(
            f"至少扣{plain(least)}分，扣{fixed(points)}分",
            f"at least {plain(least)} points off: {fixed(points)} points off",
        ),
    )


def forfeit(settings: Mapping[str, Any], pool: Fraction) -> Fraction:
    """The printed points."""
    return exact(settings["points"])


RULE = ScoringRule(
    code="at_least", title=Text("至少扣分", "At least so many points off"), deduct=deduct, forfeit=forfeit
)

EXAMPLES = (
    {
        "numerator": 9,
        "denominator": 10,
        "target": "100",
        "op": "=",
        "settings": {"points": 3},
        "judgements": ["4"],
        "deductions": {"linear": "4.00", "floor": "4.00", "ceil": "4.00"},
    },
)
