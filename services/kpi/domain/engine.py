"""Scores a letter: readings in, scorecard out. The same function behind what-if, scorecards and `steward verify`.

Everything is exact until a section's (or an item's) maximum stands beside its points; there it is rounded once,
half-up, and the total is the sum of what is shown (RR3 to RR8, F-040 to F-044).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from services.kpi.domain.catalogue import IndicatorInfo, rules
from services.kpi.domain.columns import total_of
from services.kpi.domain.composing import composed
from services.kpi.domain.concluding import conclusions, is_missed
from services.kpi.domain.explain import explain_section
from services.kpi.domain.letters import Letter, Section
from services.kpi.domain.lines import Line, line
from services.kpi.domain.measure import NO_DATA, Reading
from services.kpi.domain.numbers import half_up
from services.kpi.domain.score_rules import Judgement
from services.kpi.domain.scorecard import ItemScore, Scorecard, SectionScore
from services.kpi.domain.settling import settle, target_of
from shared.periods import Period


@dataclass(frozen=True, slots=True)
class Inputs:
    """What is scored: the readings of this period and, for rules that look back, of earlier ones; the points that
    people judged; and the score columns they filled."""

    readings: Mapping[str, Reading]
    history: Mapping[str, Mapping[str, Reading]]
    period: Period | None = None
    judgements: Mapping[str, Sequence[Judgement]] = field(default_factory=dict)
    columns: Mapping[str, Fraction] = field(default_factory=dict)


def score(
    signed: Letter, inputs: Inputs, parameters: Mapping[str, str | None], infos: Mapping[str, IndicatorInfo]
) -> Scorecard:
    """The scorecard of a letter. An indicator without a reading has no data: full points, not missed (RR8).

    `parameters` are resolved (`settling.resolve`). Raises LetterError with the path of an input the rule cannot use.
    """
    letter, readings = settle(signed, parameters), composed(signed, inputs.readings)
    items = _items(letter, inputs, readings, parameters, infos)
    sections = [_section(section, [i for i in items if i.section == section.section]) for section in letter.sections]
    own = sum((section.points for section in sections), Fraction(0)) if letter.maximum is not None else None
    if own is not None and letter.floor is not None:
        own = max(letter.floor, own)  # row: F-095, F-030 the whole sheet does not go below zero
    total, decided = total_of(letter, own, inputs.columns, parameters)
    pending = any(item.state == "pending" for item in items if item.section)
    return Scorecard(
        template=letter.template,
        total=total,
        maximum=letter.maximum,
        sections=sections,
        items=items,
        consequences=conclusions(letter, inputs.period, inputs.history, items, total, pending, parameters, infos),
        columns=inputs.columns,
        final=decided and not pending,
        notes=letter.notes,
    )


def _items(
    letter: Letter,
    inputs: Inputs,
    readings: Mapping[str, Reading],
    parameters: Mapping[str, str | None],
    infos: Mapping[str, IndicatorInfo],
) -> list[ItemScore]:
    """All lines in the letter's order; those that depend on the others are scored last."""
    places = [(item, section) for section in letter.sections for item in section.items]
    lines = [*places, *((item, None) for item in letter.reported)]
    before = None if inputs.period is None else inputs.history.get(str(inputs.period.previous()))
    found: dict[str, ItemScore] = {}
    for last in (False, True):
        met = not any(is_missed(item.state, parameters) for item in found.values())
        for item, section in lines:
            if rules()[item.rule].last != last:
                continue
            reading = readings.get(item.indicator, NO_DATA)
            target = target_of(item, parameters, reading, (before or {}).get(item.indicator))
            judgements = inputs.judgements.get(item.indicator) or [
                Judgement(mark.points, mark.reason, f"inputs.{item.indicator}.marks.{place}")
                for place, mark in enumerate(reading.marks)
            ]
            asked = Line(item, section, infos[item.indicator], reading, target, judgements, met)
            found[item.indicator] = line(asked, parameters)
    return [found[item.indicator] for item, _ in lines]


def _section(section: Section, items: list[ItemScore]) -> SectionScore:
    if section.points is None:
        points = sum((item.points or Fraction(0) for item in items), Fraction(0))
        maximum = sum((item.maximum or Fraction(0) for item in items), Fraction(0))
    else:
        maximum = section.points
        lost = sum((i.deduction or Fraction(0) for i in items), Fraction(0))
        exactly = maximum - lost + sum((i.bonus or Fraction(0) for i in items), Fraction(0))
        # row: AMB-003, AMB-004, F-052 a section is a pool and ends at its floor
        points = half_up(exactly if section.floor is None else max(section.floor, exactly))
    return SectionScore(
        section.section, section.title, points, maximum, explain_section(section, items, points, maximum)
    )
