"""What a letter promises is data: target, operator, weight, period, deduction are read from it and nowhere else."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from services.kpi.catalogue import definitions, infos
from services.kpi.domain.engine import Inputs, score
from services.kpi.domain.given import readings_from
from services.kpi.domain.letter_files import letter_from
from services.kpi.domain.scorecard import Scorecard
from services.kpi.domain.settling import resolve
from shared.periods import Period

RATE = "fee.collection.quarter.rate"


def card_of(raw: dict[str, Any], value: str) -> Scorecard:
    """The scorecard of a letter that knows its collection rate alone."""
    letter = letter_from(raw)
    chosen, at = resolve(letter, {}), Period.parse("2025-Q1")
    readings = readings_from(letter, {RATE: {"value": value}}, at, chosen, infos())
    return score(letter, Inputs(readings, {}, at), chosen, infos())


def points(raw: dict[str, Any], value: str) -> str:
    """What the collection section of a letter comes to."""
    card = card_of(raw, value)
    return next(str(s.as_json()["points"]) for s in card.sections if s.section == "collection")


def line(raw: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(i for s in raw["sections"] for i in s["items"] if i["indicator"] == RATE)
    return found


def target(raw: dict[str, Any]) -> None:
    line(raw)["target"] = {"op": ">=", "value": 88}


def weight(raw: dict[str, Any]) -> None:
    raw["sections"][-1]["points"] = 35
    raw["sections"][0]["points"] = 20


def deduction(raw: dict[str, Any]) -> None:
    line(raw)["with"] = {"points": 5}


@pytest.mark.parametrize(
    ("change", "expected"),
    [(lambda raw: None, "22.00"), (target, "25.00"), (weight, "32.00"), (deduction, "20.00")],
)
def test_g027_target_weight_and_deduction_are_what_the_letter_says(
    change: Callable[[dict[str, Any]], None], expected: str
) -> None:
    raw = copy.deepcopy(dict(definitions()["T003S"]))
    change(raw)
    assert points(raw, "89") == expected


@pytest.mark.parametrize(("op", "state"), [(">=", "met"), (">", "missed")])
def test_g027_and_so_is_the_operator(op: str, state: str) -> None:
    raw = copy.deepcopy(dict(definitions()["T003S"]))
    line(raw)["target"] = {"op": op, "value": 89}
    assert next(item.state for item in card_of(raw, "89").items if item.indicator == RATE) == state


def test_g027_so_are_the_period_and_the_version_it_is_of() -> None:
    raw = copy.deepcopy(dict(definitions()["T003S"]))
    letter = letter_from(raw | {"version": 7})
    assert (letter.cycle, letter.version) == ("quarter", 7)
    assert letter_from(raw | {"cycle": "month"}).cycle == "month"
