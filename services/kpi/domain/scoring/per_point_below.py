"""So many points off for each point below the target: "每降低1%扣3分" (RR3, RR4, AMB-001, AMB-002).

A step is one percentage point unless the letter says otherwise ("每降低5%扣5分": step 5). Part of a step counts
pro rata (`linear`), not at all until it is completed (`floor`), or in full once it is started (`ceil`).
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import ceil, floor
from typing import Any

from services.kpi.domain.numbers import Text, exact, fixed, plain
from services.kpi.domain.score_rules import Deduction, Missed, ScoringRule

_COUNTED = {
    "linear": Text("按比例计", "pro rata"),
    "floor": Text("只计满额部分", "only completed steps"),
    "ceil": Text("不足一步按一步计", "each started step"),
}


# row: F-023, F-024, F-026, F-027, F-032, F-036, F-037, F-041, F-043, F-048, F-050, F-058, AMB-002 so many a point
def deduct(missed: Missed) -> Deduction:
    """The steps below the target times the points of one."""
    assert missed.reading.value is not None and missed.target is not None
    each, step = exact(missed.settings["points"]), exact(missed.settings.get("step", 1))
    short = missed.target.shortfall(missed.reading.value)
    points = each * steps(short / step, missed.partial_policy)
    size, unit, counted = plain(step), missed.unit, _COUNTED[missed.partial_policy]
    return Deduction(
        points,
        Text(
            f"低{_short(short)}{unit.zh}，每低{size}{unit.zh}扣{plain(each)}分（{counted.zh}），扣{fixed(points)}分",
            f"{_short(short)} {unit.en} short, {plain(each)} points off per {size} below ({counted.en}), "
            f"{fixed(points)} points off",
        ),
    )


# row: AMB-001 part of a point by the policy the parties chose
def steps(exactly: Fraction, policy: str) -> Fraction:
    """How many steps count by the letter's policy (RR4)."""
    if policy == "floor":
        return Fraction(floor(exactly))
    return Fraction(ceil(exactly)) if policy == "ceil" else exactly


def _short(value: Fraction) -> str:
    # A shortfall that rounds to nothing is still a shortfall; say so with more digits.
    for places in range(2, 9):
        if Fraction(fixed(value, places)) != 0:
            return fixed(value, places)
    return fixed(value, 8)


def forfeit(settings: Mapping[str, Any], pool: Fraction) -> Fraction:
    """An unmeasured rate is as far below its target as can be."""
    return pool


RULE = ScoringRule(
    code="per_point_below",
    title=Text("每降低一个点扣分", "Points off per point below"),
    deduct=deduct,
    forfeit=forfeit,
)

EXAMPLES = (
    {
        "numerator": 1092500,
        "denominator": 1250000,
        "target": "90",
        "op": ">=",
        "settings": {"points": 3},
        "deductions": {"linear": "7.80", "floor": "6.00", "ceil": "9.00"},
    },
    {
        "numerator": 93,
        "denominator": 100,
        "target": "100",
        "op": "=",
        "settings": {"points": 5, "step": 5},
        "deductions": {"linear": "7.00", "floor": "5.00", "ceil": "10.00"},
    },
)
