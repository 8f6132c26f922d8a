"""From confirmed observations of a period to one reading.

Counts, and rates with their numerator and denominator, add up over the period and over communities. A mark, a grade or
a bare rate cannot be added: the latest one of a community holds, and several communities together have none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from services.kpi.domain.catalogue import IndicatorInfo, record_rules
from services.kpi.domain.letters import Item
from services.kpi.domain.measure import NO_DATA, NOT_MEASURED, Reading, ratio
from services.kpi.domain.numbers import exact


@dataclass(frozen=True, slots=True)
class Seen:
    """One confirmed observation: where, on which local date, and what."""

    place: str
    on: date
    order: str  # decides between observations of one day
    reading: Reading


def combined(info: IndicatorInfo, seen: Sequence[Seen]) -> Reading:
    """The reading of all observations of a scope and a period."""
    if not seen:
        return NOT_MEASURED if info.obliged else NO_DATA
    places: dict[str, list[Seen]] = defaultdict(list)
    for one in sorted(seen, key=lambda s: (s.on, s.order)):
        places[one.place].append(one)
    each = [_place(info, [one.reading for one in _last_of_months(info, found)]) for found in places.values()]
    measured = [reading for reading in each if reading.measured]
    if not measured:
        return each[0]
    if len(measured) == 1:
        return measured[0]
    return _sum(info, measured) if all(_adds_up(reading) for reading in measured) else NO_DATA


def _last_of_months(info: IndicatorInfo, seen: Sequence[Seen]) -> Sequence[Seen]:
    """All of them; where one check a month is meant, the last of each."""
    if not info.monthly:
        return seen
    # row: AMB-081 one check of each sub-item a month: a second one replaces the first
    return list({(one.on.year, one.on.month): one for one in seen}.values())


def _place(info: IndicatorInfo, readings: Sequence[Reading]) -> Reading:
    measured = [reading for reading in readings if reading.measured]
    if not measured:
        return readings[-1]
    return _sum(info, measured) if all(_adds_up(reading) for reading in measured) else measured[-1]


def _adds_up(reading: Reading) -> bool:
    return reading.numerator is not None and reading.grade is None


def _sum(info: IndicatorInfo, readings: Sequence[Reading]) -> Reading:
    top = sum((r.numerator for r in readings if r.numerator is not None), Fraction(0))
    bottom = sum((r.denominator for r in readings if r.denominator is not None), Fraction(0))
    marks = [mark for reading in readings for mark in reading.marks]
    return replace(ratio(info.unit, top, bottom), parts=_parts(info, readings), marks=tuple(marks))


def _parts(info: IndicatorInfo, readings: Sequence[Reading]) -> Mapping[str, Fraction] | None:
    named = [reading.parts for reading in readings if reading.parts is not None]
    if len(named) < len(readings):
        return None
    rule = record_rules().get(info.code)
    if rule is not None:
        return rule.together(named) if rule.together is not None else None
    found: dict[str, Fraction] = defaultdict(Fraction)
    for reading in readings:
        for name, value in (reading.parts or {}).items():
            found[name] += value
    return dict(found)


def judged_between(item: Item) -> tuple[Fraction, Fraction | None] | None:
    """Between which points a person judges one occurrence of a line; None where nobody does."""
    settings = item.settings
    if item.rule == "judged_range":
        return exact(settings["low"]), exact(settings["high"])
    if item.rule == "per_kind" and settings.get("judged"):
        low, high = next(iter(settings["judged"].values()))
        return exact(low), exact(high)
    return (exact(settings["points"]), None) if item.rule == "at_least" else None
