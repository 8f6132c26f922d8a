"""Any of the named targets missed: "导致业主集中投诉或媒体曝光" (F-045). One proposal for each; a person judges
gravity."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.consequence_rules import Consequence, ConsequencePlugin, Outcome
from services.kpi.domain.letters import ConsequenceRule
from services.kpi.domain.numbers import Text


def conclude(rule: ConsequenceRule, outcome: Outcome) -> Sequence[Consequence]:
    """A proposal per missed indicator of the rule."""
    found = []
    for indicator in rule.settings["indicators"]:
        if indicator in outcome.missed:
            title = outcome.titles[indicator]
            # row: F-045, C-240, C-241 accountability is proposed for a person to judge
            found.append(
                Consequence(
                    rule.kind,
                    Text(f"{title.zh}未达标：{rule.title.zh}。", f"{title.en}: missed. {rule.title.en}."),
                    (indicator,),
                )
            )
    return found


CONSEQUENCE = ConsequencePlugin(code="on_missed", title=Text("任一未达标", "Any target missed"), conclude=conclude)
