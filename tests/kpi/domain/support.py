"""Short ways to score T003S and to judge cases, so that a test is its table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.kpi.catalogue import infos, letters
from services.kpi.domain.engine import Inputs, score
from services.kpi.domain.given import measure_cases, readings_from
from services.kpi.domain.measure import Measurement
from services.kpi.domain.scorecard import Scorecard
from services.kpi.domain.settling import resolve
from shared.periods import Period

QUARTER: Mapping[str, Mapping[str, Any]] = {
    "complaint.handling.timeliness.rate": {"numerator": 38, "denominator": 40},
    "complaint.resolution.satisfaction.rate": {"numerator": 33, "denominator": 40},
    "archive.completeness.rate": {"numerator": 1944, "denominator": 2000},
    "archive.update.rate": {"numerator": 1930, "denominator": 2000},
    "survey.coverage.rate": {"numerator": 1248, "denominator": 1600},
    "survey.score": {"value": "83.6"},
    "fee.collection.quarter.rate": {"numerator": "1092500.00", "denominator": "1250000.00"},
}


def scored(
    given: Mapping[str, Mapping[str, Any]],
    *,
    period: str = "2025-Q1",
    history: Mapping[str, Mapping[str, Mapping[str, Any]]] | None = None,
    template: str = "T003S",
    **parameters: str,
) -> Scorecard:
    """A letter over given inputs, T003S unless another is named."""
    letter, chosen, at = letters()[template], resolve(letters()[template], parameters), Period.parse(period)
    earlier = {
        name: readings_from(letter, values, Period.parse(name), chosen, infos())
        for name, values in (history or {}).items()
    }
    return score(letter, Inputs(readings_from(letter, given, at, chosen, infos()), earlier, at), chosen, infos())


def measured(code: str, *cases: Mapping[str, Any], period: str = "2025-Q1", **parameters: str) -> Measurement:
    """An indicator over given cases."""
    return measure_cases(code, list(cases), Period.parse(period), parameters)


def item(card: Scorecard, code: str) -> dict[str, Any]:
    """One line of a scorecard as the API shows it."""
    return next(line.as_json() for line in card.items if line.indicator == code)


def sections(card: Scorecard) -> dict[str, str]:
    """Points by section as the API shows them."""
    return {section.section: section.as_json()["points"] for section in card.sections}


def verdicts(found: Measurement) -> Sequence[str]:
    """How each fact was used."""
    return [use.verdict for use in found.uses]
