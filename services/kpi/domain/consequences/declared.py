"""Follows when somebody declares a fact that no indicator measures: an accident that is a crime (F-010)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.consequence_rules import Consequence, ConsequencePlugin, Outcome
from services.kpi.domain.letters import ConsequenceRule
from services.kpi.domain.numbers import Text


# row: F-010 a person declares it; the letter then flags it for legal
def conclude(rule: ConsequenceRule, outcome: Outcome) -> Sequence[Consequence]:
    """The proposal when the named parameter was declared."""
    if outcome.parameters.get(rule.settings["parameter"]) != "yes":
        return ()
    return (Consequence(rule.kind, Text(f"{rule.title.zh}。", f"{rule.title.en}.")),)


CONSEQUENCE = ConsequencePlugin(code="declared", title=Text("经认定", "When declared"), conclude=conclude)
