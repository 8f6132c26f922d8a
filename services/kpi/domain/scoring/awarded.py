"""Points awarded as such, on a line whose text the document lost: full until the parties configure it (AMB-077)."""

from __future__ import annotations

from fractions import Fraction

from services.kpi.domain.numbers import Text, fixed
from services.kpi.domain.score_rules import Deduction, Missed, ScoringRule, all_of_it


def deduct(missed: Missed) -> Deduction:
    """What the award leaves of the pool; nothing while the line says nothing."""
    # row: AMB-077 full points, and the reason, until the parties have worded it
    if not missed.settings.get("text"):
        return Deduction(
            Fraction(0),
            Text(
                "原文件此项文字缺失，未配置前给满分",
                "the document has no text for this line; full points until it is configured",
            ),
        )
    got = min(missed.pool, missed.reading.value if missed.reading.value is not None else missed.pool)
    return Deduction(
        missed.pool - got,
        Text(f"{missed.settings['text']}：得{fixed(got)}分", f"{missed.settings['text']}: {fixed(got)} points"),
    )


RULE = ScoringRule(
    code="awarded",
    title=Text("直接评分", "Points as awarded"),
    deduct=deduct,
    forfeit=all_of_it,
    always=True,
    speaks=True,
)

EXAMPLES = (
    {
        "numerator": 8,
        "denominator": 100,
        "target": "100",
        "op": "=",
        "settings": {"text": "部门自定"},
        "deductions": {"linear": "92.00", "floor": "92.00", "ceil": "92.00"},
    },
)
