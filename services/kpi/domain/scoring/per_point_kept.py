"""Points off below the target, and a bonus for holding the best of last year: "本年度仍保持100%的加2分" (F-025)."""

from __future__ import annotations

from fractions import Fraction

from services.kpi.domain.numbers import Text, exact, plain
from services.kpi.domain.score_rules import Deduction, Missed, ScoringRule, all_of_it
from services.kpi.domain.scoring.per_point_below import deduct


# row: F-025 two more points where both years stand at exactly 100 %
def gain(missed: Missed) -> Deduction:
    """The bonus if last year's value and this one are exactly the wanted one."""
    level, bonus = exact(missed.settings["kept_at"]), exact(missed.settings["bonus"])
    # row: F-068 99.9 % this year does not keep last year's 100 %
    if missed.reading.value != level or missed.reading.prior != level:
        return Deduction(Fraction(0), Text("", ""))
    return Deduction(
        bonus,
        Text(
            f"上年度与本年度均为{plain(level)}%，加{plain(bonus)}分",
            f"{plain(level)} % last year and this year, {plain(bonus)} points on",
        ),
    )


RULE = ScoringRule(
    code="per_point_kept",
    title=Text("每降低一个点扣分，保持满值加分", "Points off per point below, a bonus for keeping the best"),
    deduct=deduct,
    forfeit=all_of_it,
    gain=gain,
)

EXAMPLES = (
    {
        "numerator": 9465,
        "denominator": 10000,
        "target": "95",
        "op": ">=",
        "settings": {"points": 1, "kept_at": 100, "bonus": 2},
        "deductions": {"linear": "0.35", "floor": "0.00", "ceil": "1.00"},
    },
)
