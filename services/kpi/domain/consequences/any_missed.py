"""One proposal when anything is missed, naming what: interview, training, transfer (F-014 to F-020)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.consequence_rules import Consequence, ConsequencePlugin, Outcome
from services.kpi.domain.letters import ConsequenceRule
from services.kpi.domain.numbers import Text


# row: C-242, C-243 guidance, training, transfer: one proposal, a person chooses
def conclude(rule: ConsequenceRule, outcome: Outcome) -> Sequence[Consequence]:
    """One proposal over all missed indicators; a person chooses among the measures it names."""
    if not outcome.missed:
        return ()
    zh = "、".join(outcome.titles[code].zh for code in outcome.missed)
    en = ", ".join(outcome.titles[code].en for code in outcome.missed)
    return (
        Consequence(
            rule.kind, Text(f"{zh}未达标：{rule.title.zh}。", f"Missed: {en}. {rule.title.en}."), tuple(outcome.missed)
        ),
    )


CONSEQUENCE = ConsequencePlugin(code="any_missed", title=Text("有未达标项", "Anything missed"), conclude=conclude)
