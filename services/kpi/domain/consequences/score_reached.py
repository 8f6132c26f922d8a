"""Eligible from a score upwards, that score included, while no target is missed: "90分以上" (F-008, F-070, AMB-041)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.consequence_rules import Consequence, ConsequencePlugin, Outcome
from services.kpi.domain.letters import ConsequenceRule
from services.kpi.domain.numbers import Text, exact, fixed


# row: F-008, F-011, F-070, C-237, AMB-041 eligible, not entitled: the indicators are met and the score is reached
def conclude(rule: ConsequenceRule, outcome: Outcome) -> Sequence[Consequence]:
    """The proposal for a final score at or above the mark."""
    if outcome.total is None or outcome.pending or outcome.missed or outcome.total < exact(rule.settings["points"]):
        return ()
    total = fixed(outcome.total)
    return (Consequence(rule.kind, Text(f"得{total}分：{rule.title.zh}。", f"{total} points. {rule.title.en}.")),)


CONSEQUENCE = ConsequencePlugin(code="score_reached", title=Text("达到分数", "Score reached"), conclude=conclude)
