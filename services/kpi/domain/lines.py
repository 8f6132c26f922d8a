"""One line of a letter: its state, its points, and the sentence that says why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from services.kpi.domain.catalogue import IndicatorInfo, rules
from services.kpi.domain.explain import explain_item, unit_text
from services.kpi.domain.letters import Item, LetterError, Section, Target
from services.kpi.domain.measure import Reading
from services.kpi.domain.numbers import Text, half_up
from services.kpi.domain.score_rules import Deduction, Judgement, Missed, NeedsCases, ScoringRule
from services.kpi.domain.scorecard import ItemScore, ItemState

_NOTHING = Deduction(Fraction(0), Text("", ""))


@dataclass(frozen=True, slots=True)
class Line:
    """What is known when a line is scored."""

    item: Item
    section: Section | None
    info: IndicatorInfo
    reading: Reading
    target: Target | None
    judgements: Sequence[Judgement]
    others_met: bool


def state_of(reading: Reading, target: Target | None) -> ItemState:
    """What became of one target."""
    if reading.state != "measured":
        return reading.state  # no_data, not_measured, pending
    if target is None or reading.value is None:
        return "unscored"
    # row: F-046, F-082 a state for every target, with points or without
    return "met" if target.met(reading.value) else "missed"


def line(asked: Line, parameters: Mapping[str, str | None]) -> ItemScore:
    """The scored line. Raises LetterError with the path of an input or judgement the rule cannot use."""
    item, info, section, rule = asked.item, asked.info, asked.section, rules()[asked.item.rule]
    reading = _judged_reading(asked, rule)
    target = asked.target
    state = state_of(reading, target)
    if target is None and state in ("no_data", "not_measured"):
        state = "unscored"
    if item.target is not None and item.target.previous and target is None and state == "unscored":
        state = "no_data"  # row, AMB-118 no earlier value, nothing to compare with
    own_points = item.points if item.points is not None else section.points if section else None
    pool = own_points or Fraction(0)
    lost, won = _points(asked, rule, state, reading, pool, parameters)
    if lost.pending or (rule.always and rule.judged and not rule.last and reading.state in ("no_data", "pending")):
        state = "pending"
        if reading.state != "measured" and own_points is not None:
            lost = replace(lost, points=pool)  # nobody has given points yet
    elif lost.points > 0 and state == "met" and not rule.apart:
        state = "missed"
    scored = rule.scored and section is not None
    # row: F-033, F-064, AMB-095 an item's own points end at zero
    own = half_up(max(Fraction(0), item.points - lost.points) + won.points) if scored and item.points else None
    title = item.title or info.title
    return ItemScore(
        indicator=item.indicator,
        title=title,
        section=section.section if section else None,
        state=state,
        reading=reading,
        target=None if target is None else target.text,
        deduction=lost.points if scored else None,
        points=own,
        maximum=item.points if scored else None,
        explanation=explain_item(
            info,
            reading,
            target,
            state,
            lost,
            scored=scored,
            waived=parameters.get("unmeasured") == "full",
            title=title,
            won=won,
        ),
        bonus=won.points if scored and won.points else None,
    )


def _judged_reading(asked: Line, rule: ScoringRule) -> Reading:
    """The reading; where a person judges each occurrence, a judgement says that there was one."""
    if not (rule.judged and asked.judgements and asked.reading.state == "no_data") or rule.always:
        return asked.reading
    count = Fraction(len(asked.judgements))
    return Reading("measured", count, count if asked.info.unit == "count" else None, None, count)


def _points(
    asked: Line,
    rule: ScoringRule,
    state: ItemState,
    reading: Reading,
    pool: Fraction,
    parameters: Mapping[str, str | None],
) -> tuple[Deduction, Deduction]:
    path = f"inputs.{asked.item.indicator}"
    context = Missed(
        reading,
        asked.target,
        asked.item.settings,
        pool,
        parameters.get("partial_policy") or "linear",
        unit_text(asked.info.unit),
        asked.info.misses,
        asked.judgements,
        asked.others_met,
        path,
    )
    if state == "not_measured":
        if parameters.get("unmeasured") == "full":
            return _NOTHING, _NOTHING
        # row: AMB-008 an obliged measurement that was not made
        return Deduction(
            rule.forfeit(asked.item.settings, pool), Text("该项不得分", "no points for this line")
        ), _NOTHING
    try:
        lost = _NOTHING
        if state == "missed" or (rule.always and (reading.measured or rule.speaks)):
            lost = rule.deduct(context)
        gains = rule.gain is not None and (state == "met" or rule.always)
        won = rule.gain(context) if rule.gain is not None and gains else _NOTHING
    except NeedsCases:
        raise LetterError(
            path,
            "该指标按次扣分，请给出分子和分母（或次数、种类、明细）",
            "this indicator is scored by occurrence: give numerator and denominator (or count, parts, or cases)",
        ) from None
    return lost, won
