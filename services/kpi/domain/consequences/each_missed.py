"""One proposal for each missed target: "每不能完成其中一项指标" (F-002, F-078), "制定相应的改进计划" (F-021)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.consequence_rules import Consequence, ConsequencePlugin, Outcome
from services.kpi.domain.letters import ConsequenceRule
from services.kpi.domain.numbers import Text


# row: F-002, F-021, F-078, C-236, C-226, AMB-010 each missed target by itself, but for those the letter leaves outside
def conclude(rule: ConsequenceRule, outcome: Outcome) -> Sequence[Consequence]:
    """A proposal per missed indicator."""
    outside = rule.settings.get("except") or ()
    return [
        Consequence(
            rule.kind,
            Text(
                f"{outcome.titles[code].zh}未达标：{rule.title.zh}。",
                f"{outcome.titles[code].en}: missed. {rule.title.en}.",
            ),
            (code,),
        )
        for code in outcome.missed
        if code not in outside
    ]


CONSEQUENCE = ConsequencePlugin(code="each_missed", title=Text("逐项未达标", "Each missed target"), conclude=conclude)
