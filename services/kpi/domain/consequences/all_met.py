"""A reward when no target is missed: "如果工作目标完成" (F-001, F-078, AMB-096).

An indicator without a case does not block it and proves nothing either: at least one target must have been met.
"""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.consequence_rules import Consequence, ConsequencePlugin, Outcome
from services.kpi.domain.letters import ConsequenceRule
from services.kpi.domain.numbers import Text


# row: F-001, F-078, C-235, AMB-096 no target missed, and the confirmed work plan has not failed
def conclude(rule: ConsequenceRule, outcome: Outcome) -> Sequence[Consequence]:
    """The proposal, unless something was missed, nothing met, or a parameter (`unless`) says no."""
    outside = rule.settings.get("except") or ()
    if any(code not in outside for code in outcome.missed) or not outcome.met.difference(outside):
        return ()
    if any(outcome.parameters.get(name) == value for name, value in (rule.settings.get("unless") or {}).items()):
        return ()
    return (Consequence(rule.kind, Text(f"指标全部完成：{rule.title.zh}。", f"No target missed. {rule.title.en}.")),)


CONSEQUENCE = ConsequencePlugin(code="all_met", title=Text("全部达标", "Nothing missed"), conclude=conclude)
