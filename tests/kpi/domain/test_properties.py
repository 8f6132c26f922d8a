"""What holds of every letter, whatever is measured: better is never worth less, and words say what numbers say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.kpi.catalogue import letters
from services.kpi.domain.catalogue import rules
from services.kpi.domain.numbers import Text, fixed, plain
from services.kpi.domain.scorecard import ItemScore, Scorecard
from tests.kpi.domain.pairs import chosen, pairs, scored, scoring_rules

POLICIES = ("linear", "floor", "ceil")
TEMPLATES = sorted(code for code, letter in letters().items() if letter.sections or letter.reported)
WITH_POLICY = [
    (code, policy)
    for code in TEMPLATES
    for policy in (POLICIES if "partial_policy" in letters()[code].parameters else POLICIES[:1])
]
MODERATELY = settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
_BETTER = {"missed": 0, "met": 1}
_FIGURE = r"(-?\d+(?:\.\d+)?)"


def test_every_shipped_rule_stands_on_a_letter_that_the_properties_draw() -> None:
    assert scoring_rules([letters()[code] for code in TEMPLATES]) == set(rules())


@pytest.mark.parametrize(("template", "policy"), WITH_POLICY)
@MODERATELY
@given(data=st.data())
def test_a_better_input_never_scores_lower(template: str, policy: str, data: st.DataObject) -> None:
    letter, parameters = letters()[template], chosen(letters()[template], policy)
    worse, better = (scored(letter, side, parameters) for side in data.draw(pairs(letter, policy)))
    assert (better.total or 0) >= (worse.total or 0)
    for section, before in zip(better.sections, worse.sections, strict=True):
        assert section.points >= before.points, section.section
    for item, before_item in zip(better.items, worse.items, strict=True):
        ranks = [_BETTER.get(one.state) for one in (before_item, item)]
        assert None in ranks or ranks == sorted(ranks, key=lambda rank: rank or 0), item.indicator
        assert (item.points or 0) >= (before_item.points or 0), item.indicator


@pytest.mark.parametrize(("template", "policy"), WITH_POLICY)
@MODERATELY
@given(data=st.data())
def test_the_figures_of_every_explanation_are_those_of_the_result_in_both_languages(
    template: str, policy: str, data: st.DataObject
) -> None:
    letter, parameters = letters()[template], chosen(letters()[template], policy)
    card = scored(letter, data.draw(pairs(letter, policy))[0], parameters)
    for item in card.items:
        _line_says_what_it_is(item)
    for section in card.sections:
        titles = [section.title, *(item.title for item in card.items if item.section == section.section)]
        told = [_without(section.explanation, titles, language) for language in ("zh", "en")]
        for text in told:
            assert fixed(abs(section.points)) in _figures(text), (section.section, text)
        assert set(_figures(told[0])) == set(_figures(told[1])), told
    _sections_add_up(card)


def _line_says_what_it_is(item: ItemScore) -> None:
    for language in ("zh", "en"):
        text = _without(item.explanation, [item.title], language)
        for what, figures in _wanted(item):
            assert any(figure in _figures(text) for figure in figures), (item.indicator, what, figures, text)
        if (fraction := re.search(rf"{_FIGURE}(?:/| of ){_FIGURE} ?= ?{_FIGURE}", text)) is not None:
            top, bottom, value = (Fraction(figure) for figure in fraction.groups())
            assert (top, bottom) == (item.reading.numerator, item.reading.denominator)
            assert abs(value - top / bottom * 100) < Fraction(1, 100)


def _wanted(item: ItemScore) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What a sentence must say, each in one of its writings."""
    if item.state in ("no_data", "pending"):
        return  # "no case in the period", "a judgement is still due"
    if item.reading.measured and item.reading.value is not None and item.reading.grade is None:
        value = abs(item.reading.value)
        yield "value", (fixed(value), plain(value), fixed(value, 3), fixed(value, 4))
    if item.target is not None and item.reading.measured and item.state in ("met", "missed"):
        yield "target", (item.target.lstrip("=≥≤><±-"),)
    if item.deduction and item.state in ("missed", "met", "unscored") and item.section:
        # What is taken off, or what is left where the line says so ("8.00 points").
        left = fixed((item.maximum or Fraction(0)) - item.deduction)
        yield "deduction", (fixed(item.deduction), plain(item.deduction), left)
    if item.bonus:
        yield "bonus", (fixed(item.bonus), plain(item.bonus))


def _sections_add_up(card: Scorecard) -> None:
    """The total is the sum of what is shown, or the letter's own floor."""
    if card.total is not None and not card.columns:
        assert card.total == max(sum(section.points for section in card.sections), min(card.total, Fraction(0)))


def _without(text: Text, titles: Iterable[Text], language: str) -> str:
    """The sentence without titles, which may have figures of their own ("within 10 minutes")."""
    told = text.zh if language == "zh" else text.en
    for title in sorted((title.zh if language == "zh" else title.en for title in titles), key=len, reverse=True):
        told = told.replace(title, "")
    return told


def _figures(text: str) -> list[str]:
    """Without signs: between two figures a hyphen is a minus."""
    return re.findall(r"\d+(?:\.\d+)?", text)
