"""Every plug-in over its own examples, and every letter over the catalogue: adding one touches one file and no test."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest

from services.kpi.catalogue import letters
from services.kpi.domain.catalogue import case_rules, families, indicators, record_rules, rules
from services.kpi.domain.facts import CHECKS, Case, Example, Judging
from services.kpi.domain.given import measure_cases
from services.kpi.domain.letters import Target
from services.kpi.domain.measure import ratio
from services.kpi.domain.numbers import Text, exact, fixed
from services.kpi.domain.record_rule import RecordExample, Window
from services.kpi.domain.score_rules import Judgement, Missed
from services.kpi.domain.times import SHANGHAI, last_on, midnight_after
from services.kpi.domain.verdicts import words
from shared.holidays import standard
from shared.periods import Period


def _examples(folder: str, codes: list[str]) -> list[Any]:
    found = []
    for code in codes:
        module = import_module(f"services.kpi.domain.{folder}.{code.replace('.', '_')}")
        found += [pytest.param(code, example, id=f"{code}-{place}") for place, example in enumerate(module.EXAMPLES)]
    return found


@pytest.mark.parametrize(("code", "example"), _examples("indicators", list(indicators())))
def test_an_indicator_judges_its_examples(code: str, example: Example) -> None:
    # rows of: services/kpi/domain/indicators
    found = measure_cases(code, list(example.cases), Period.parse(example.period), example.parameters)
    assert found.reading.state == example.state, example.name
    if example.state == "measured":
        expected = ratio(indicators()[code].unit, example.numerator, example.denominator)
        assert found.reading.value == expected.value, example.name
        if indicators()[code].unit != "count":
            assert found.reading.denominator == example.denominator, example.name
    if example.verdicts:
        assert [use.verdict for use in found.uses] == list(example.verdicts), example.name


@pytest.mark.parametrize(("code", "example"), _examples("indicators", list(indicators())))
def test_no_fact_lies_after_the_last_day_that_is_kept_of_its_case(code: str, example: Example) -> None:
    """Cases that were done with before a period are not read for it."""
    indicator = indicators()[code]
    judging = Judging({**indicator.parameters, **example.parameters})
    for doc in example.cases:
        for fact in indicator.judge(Case(indicator.families[0], "case", dict(doc), SHANGHAI), judging):
            assert fact.on <= last_on(dict(doc)), example.name


@pytest.mark.parametrize(
    ("doc", "day"),
    [
        ({"received_at": "2024-02-29T23:00:00Z", "clocks": {"plan": {"due_at": "2024-01-01"}}}, date(2025, 3, 4)),
        ({"number": "Y20250307-0001"}, date.max),
        ({"due_date": "9999-12-31"}, date.max),
    ],
)
def test_the_last_day_of_a_case_is_a_year_after_the_last_date_it_names(doc: dict[str, Any], day: date) -> None:
    assert last_on(doc) == day


@pytest.mark.parametrize("verdict", ["picked_up", "not_called", "suspended", "major_fire", "posted_late", "patrolled"])
def test_the_states_of_calls_dunning_incidents_and_patrols_have_their_words(verdict: str) -> None:
    assert words(verdict).zh != verdict and words(verdict).en


def test_only_what_counts_at_its_last_check_stands_in_groups() -> None:
    """The sums of the database tell files of a register by their group."""
    for code, indicator in indicators().items():
        for example in import_module(f"services.kpi.domain.indicators.{code.replace('.', '_')}").EXAMPLES:
            found = measure_cases(code, list(example.cases), None, example.parameters).uses
            assert all((use.fact.group is not None) == (indicator.selection in CHECKS) for use in found), code


def _as_seen(example: dict[str, Any], policy: str) -> Missed:
    reading = replace(
        ratio("percent", example["numerator"], example["denominator"]),
        parts={name: exact(value) for name, value in example["parts"].items()} if "parts" in example else None,
        grade=example.get("grade"),
    )
    return Missed(
        reading,
        Target(example["op"], exact(example["target"])),
        example["settings"],
        exact(100),
        policy,
        Text("个百分点", "percentage points"),
        Text("件", "missed"),
        [Judgement(exact(points), "示例", f"judgements.{n}") for n, points in enumerate(example.get("judgements", ()))],
    )


@pytest.mark.parametrize(("code", "example"), _examples("scoring", list(rules())))
@pytest.mark.parametrize("policy", ["linear", "floor", "ceil"])
def test_a_scoring_rule_deducts_its_examples(code: str, example: dict[str, Any], policy: str) -> None:
    rule, seen = rules()[code], _as_seen(example, policy)
    lost = rule.deduct(seen)
    assert Decimal(fixed(lost.points)) == Decimal(example["deductions"][policy])
    if "gains" in example:
        assert rule.gain is not None
        lost = rule.gain(seen)
        assert Decimal(fixed(lost.points)) == Decimal(example["gains"])
    assert lost.why.zh and lost.why.en


@pytest.mark.parametrize(("code", "example"), _examples("case_rules", list(case_rules())))
def test_a_case_rule_counts_its_examples(code: str, example: tuple[dict[str, Any], dict[str, str], bool]) -> None:
    """C-165, C-166, C-167, C-168, C-169, C-170, C-171, C-172, C-173, C-174, C-175, A-198, F-047: which incidents are
    major by which letter, and which complaints are valid."""
    case, parameters, counts = example
    rule = case_rules()[code]
    assert rule.counts(case, {**rule.parameters, **parameters}) is counts


@pytest.mark.parametrize(("code", "example"), _examples("record_rules", list(record_rules())))
def test_a_record_rule_adds_up_its_examples(code: str, example: RecordExample) -> None:
    """A-105, A-137, A-203, AMB-033, AMB-103, AMB-104: issues solved in time, points in high-rises, core managers."""
    known = midnight_after(example.last)
    found = record_rules()[code].add(example.records, Window(example.first, example.last, known, standard()))
    assert (found.numerator, found.denominator) == (example.numerator, example.denominator), example.name
    assert found.parts == example.parts, example.name


def test_every_indicator_names_its_row_and_a_known_family() -> None:
    for code, indicator in indicators().items():
        assert indicator.row.startswith("A-"), code
        assert set(indicator.families) <= set(families()), code


def test_t003s_sections_are_pools_of_30_20_25_25() -> None:
    assert [(section.section, section.points) for section in letters()["T003S"].sections] == [
        ("complaints", 30),
        ("archives", 20),
        ("survey", 25),
        ("collection", 25),
    ]
