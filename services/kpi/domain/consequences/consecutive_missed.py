"""The same target missed so many periods in a row: "连续2个季度未达标扣发季度绩效" (F-044, F-053, AMB-017).

It follows on the period that completes the row and on each further missed one, across years.
"""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.consequence_rules import Consequence, ConsequencePlugin, Outcome
from services.kpi.domain.letters import ConsequenceRule
from services.kpi.domain.numbers import Text


def conclude(rule: ConsequenceRule, outcome: Outcome) -> Sequence[Consequence]:
    """The consequence, if this period and the ones right before it were all missed."""
    indicator, needed = rule.settings["indicator"], int(rule.settings["periods"])
    if indicator not in outcome.missed:
        return ()
    row = 1 + _missed_before(indicator, outcome)
    # row: F-044, F-053, AMB-017 on the second missed quarter in a row
    if row < needed:
        return ()
    title = outcome.titles[indicator]
    return (
        Consequence(
            rule.kind,
            Text(
                f"{title.zh}连续{row}个季度未达标：{rule.title.zh}。",
                f"{title.en}: target missed {row} quarters in a row. {rule.title.en}.",
            ),
            (indicator,),
        ),
    )


def _missed_before(indicator: str, outcome: Outcome) -> int:
    """How many periods directly before this one missed the target; an unknown period breaks the row."""
    if outcome.period is None:
        # Without a period there is no "directly before": the newest earlier ones are taken as adjacent.
        names = sorted(outcome.earlier, reverse=True)
    else:
        names, period = [], outcome.period
        for _ in outcome.earlier:
            # row: AMB-017 across the year
            period = period.previous()
            names.append(str(period))
    count = 0
    for name in names:
        if not outcome.earlier.get(name, {}).get(indicator, False):
            break
        count += 1
    return count


CONSEQUENCE = ConsequencePlugin(
    code="consecutive_missed",
    title=Text("连续未达标", "Missed in a row"),
    conclude=conclude,
)
