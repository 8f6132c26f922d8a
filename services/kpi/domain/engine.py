"""Scores a letter: readings in, scorecard out. The same function behind what-if, scorecards and `steward verify`.

Everything is exact until a section's (or an item's) maximum stands beside its points; there it is rounded once,
half-up, and the total is the sum of what is shown (RR3 to RR8, F-040 to F-044).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from services.kpi.domain.catalogue import IndicatorInfo, consequences, rules
from services.kpi.domain.consequence_rules import Consequence, Outcome
from services.kpi.domain.explain import explain_item, explain_section, unit_text
from services.kpi.domain.letters import Item, Letter, LetterError, Section, Target
from services.kpi.domain.measure import NO_DATA, Reading
from services.kpi.domain.numbers import Text, exact, half_up
from services.kpi.domain.score_rules import Deduction, Missed, NeedsCases
from services.kpi.domain.scorecard import ItemScore, ItemState, Scorecard, SectionScore
from shared.periods import Period


@dataclass(frozen=True, slots=True)
class Inputs:
    """What is scored: the readings of this period and, for rules that look back, of earlier ones."""

    readings: Mapping[str, Reading]
    history: Mapping[str, Mapping[str, Reading]]
    period: Period | None = None


def score(
    letter: Letter, inputs: Inputs, parameters: Mapping[str, str | None], infos: Mapping[str, IndicatorInfo]
) -> Scorecard:
    """The scorecard of a letter. An indicator without a reading has no data: full points, not missed (RR8).

    `parameters` are resolved (`letters.resolve`). Raises LetterError with the path of an input the rule cannot use.
    """
    items: list[ItemScore] = []
    sections: list[SectionScore] = []
    for section in letter.sections:
        scored = [_item(item, section, letter, inputs, parameters, infos) for item in section.items]
        items.extend(scored)
        sections.append(_section(section, scored))
    items.extend(_item(item, None, letter, inputs, parameters, infos) for item in letter.reported)
    total = sum((section.points for section in sections), Fraction(0)) if sections else None
    return Scorecard(
        template=letter.template,
        total=total,
        maximum=letter.maximum,
        sections=sections,
        items=items,
        consequences=_consequences(letter, inputs, items, parameters, infos),
    )


def target_of(item: Item, parameters: Mapping[str, str | None]) -> Target | None:
    """The target with the number the parties chose; None where the letter leaves it blank."""
    if item.target is None or item.target.parameter is None:
        return item.target
    chosen = parameters.get(item.target.parameter)
    return None if chosen is None else replace(item.target, value=exact(chosen))


def state_of(reading: Reading, target: Target | None) -> ItemState:
    """What became of one target."""
    if reading.state != "measured":
        return reading.state  # no_data, not_measured, pending
    if target is None or reading.value is None:
        return "unscored"
    return "met" if target.met(reading.value) else "missed"


def _item(
    item: Item,
    section: Section | None,
    letter: Letter,
    inputs: Inputs,
    parameters: Mapping[str, str | None],
    infos: Mapping[str, IndicatorInfo],
) -> ItemScore:
    info, reading = infos[item.indicator], inputs.readings.get(item.indicator, NO_DATA)
    target, rule = target_of(item, parameters), rules()[item.rule]
    state = state_of(reading, target)
    if target is None and state in ("no_data", "not_measured"):
        state = "unscored"
    pool = (item.points if item.points is not None else section.points if section else None) or Fraction(0)
    lost = Deduction(Fraction(0), Text("", ""))
    if state == "missed" and target is not None:
        context = Missed(
            reading,
            target,
            item.settings,
            pool,
            parameters.get("partial_policy") or "linear",
            unit_text(info.unit),
            info.misses,
        )
        try:
            lost = rule.deduct(context)
        except NeedsCases:
            raise LetterError(
                f"inputs.{item.indicator}",
                "该指标按次扣分，请给出分子和分母（或次数、明细）",
                "this indicator is scored by occurrence: give numerator and denominator (or count, or cases)",
            ) from None
    elif state == "not_measured" and parameters.get("unmeasured") != "full":
        # row: AMB-008 an obliged measurement that was not made
        points = rule.forfeit(item.settings, pool)
        lost = Deduction(points, Text("该项不得分", "no points for this line"))
    scored = rule.scored and section is not None
    own = half_up(max(Fraction(0), item.points - lost.points)) if scored and item.points is not None else None
    return ItemScore(
        indicator=item.indicator,
        title=info.title,
        section=section.section if section else None,
        state=state,
        reading=reading,
        target=None if target is None else target.text,
        deduction=lost.points if scored else None,
        points=own,
        maximum=item.points if scored else None,
        explanation=explain_item(
            info, reading, target, state, lost, scored=scored, waived=parameters.get("unmeasured") == "full"
        ),
    )


def _section(section: Section, items: list[ItemScore]) -> SectionScore:
    if section.points is None:
        points = sum((item.points or Fraction(0) for item in items), Fraction(0))
        maximum = sum((item.maximum or Fraction(0) for item in items), Fraction(0))
    else:
        maximum = section.points
        # row: AMB-003, AMB-004, F-052 a section is a pool and ends at its floor
        points = half_up(max(section.floor, maximum - sum((i.deduction or Fraction(0) for i in items), Fraction(0))))
    return SectionScore(
        section.section, section.title, points, maximum, explain_section(section, items, points, maximum)
    )


def _consequences(
    letter: Letter,
    inputs: Inputs,
    items: list[ItemScore],
    parameters: Mapping[str, str | None],
    infos: Mapping[str, IndicatorInfo],
) -> list[Consequence]:
    missed = {item.indicator: item.explanation for item in items if _is_missed(item.state, parameters)}
    earlier = {
        period: {
            item.indicator: _is_missed(state_of(readings[item.indicator], target_of(item, parameters)), parameters)
            for item in letter.items
            if item.indicator in readings
        }
        for period, readings in inputs.history.items()
    }
    outcome = Outcome(
        inputs.period, missed, earlier, {item.indicator: infos[item.indicator].title for item in letter.items}
    )
    return [found for rule in letter.consequences for found in consequences()[rule.rule].conclude(rule, outcome)]


def _is_missed(state: ItemState, parameters: Mapping[str, str | None]) -> bool:
    return state == "missed" or (state == "not_measured" and parameters.get("unmeasured") != "full")
