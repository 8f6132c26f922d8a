"""Cases per resident: the population at the period's end, at its start, or the mean of both, as the letter says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from services.kpi.domain.measure import Reading, ratio
from services.kpi.domain.record_rule import Added, RecordExample, RecordRule, Records, Window

BASIS = "population_basis"
_START, _END = "population_start", "population_end"


def rule(code: str) -> RecordRule:
    """The rule of a rate of cases per resident; the areas of a community are recorded one by one."""
    return RecordRule(code=code, add=_add, together=_together)


def _add(records: Records, window: Window) -> Added:
    cases, start, end = (sum(_whole(record[name]) for record in records) for name in ("cases", _START, _END))
    return Added(cases, end, {_START: Fraction(start), _END: Fraction(end)})


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 10**9:
        raise ValueError("cases and populations are whole numbers")
    return value


def _together(several: Sequence[Mapping[str, Fraction]]) -> Mapping[str, Fraction]:
    return {name: sum((one[name] for one in several), Fraction(0)) for name in (_START, _END)}


def by_basis(reading: Reading, definition: Mapping[str, str]) -> Reading:
    """The reading over the population that the letter's parties chose; as it is where no choice is theirs."""
    parts, basis = reading.parts or {}, definition.get(BASIS)
    if basis is None or reading.numerator is None or not {_START, _END} <= parts.keys():
        return reading
    start, end = parts[_START], parts[_END]
    # row: AMB-093 at the period's end, unless the letter says the mean or its start
    population = {"end": end, "mean": (start + end) / 2, "start": start}[basis]
    found = ratio("percent", reading.numerator, population, single_cases=False)
    return replace(found, parts=reading.parts, prior=reading.prior)


#: Of either rate.
EXAMPLES = (
    RecordExample(
        "two areas; the population at the end is the default",
        [
            {"cases": 3, "population_start": 900, "population_end": 1000},
            {"cases": 1, "population_start": 500, "population_end": 600},
        ],
        4,
        1600,
        {_START: Fraction(1400), _END: Fraction(1600)},
    ),
)
