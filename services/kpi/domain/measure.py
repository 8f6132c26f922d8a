"""From facts to a value: which facts of a period count, and what they add up to.

One function for live values, frozen scorecards, `steward verify` and what-if cases. It also answers, fact by fact,
how each was used, which is the evidence behind the number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from fractions import Fraction
from typing import Literal

from services.kpi.domain.facts import (
    CHECKS,
    NEVER_CHECKED,
    NOT_ASKED,
    OBJECTED,
    OPEN_BEFORE,
    WITHDRAWN,
    WITHIN_LIMIT,
    Fact,
    Indicator,
    Unit,
)
from services.kpi.domain.numbers import Number
from services.kpi.domain.times import midnight_after, month_end
from shared.periods import Period

_EARLIEST = datetime(1, 1, 1, tzinfo=UTC)

State = Literal["measured", "no_data", "not_measured", "pending"]


@dataclass(frozen=True, slots=True)
class Mark:
    """Points that a person gave one occurrence, with the reason."""

    points: Fraction
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The value of one indicator as a letter scores it: exact, in the indicator's own unit (percent, points, count)."""

    state: State
    value: Fraction | None = None
    numerator: Fraction | None = None
    denominator: Fraction | None = None
    misses: Fraction | None = None  # cases that were missed, where single cases were counted
    prior: Fraction | None = None  # last year's value, where a target or a bonus builds on it
    parts: Mapping[str, Fraction] | None = None  # named shares: points of an annual score, occurrences by kind
    grade: str | None = None  # a grade somebody gave instead of a number
    marks: Sequence[Mark] = ()  # judged points of single occurrences, frozen with the reading

    @property
    def measured(self) -> bool:
        """Whether there is a value to compare."""
        return self.state == "measured"


NO_DATA = Reading("no_data")
NOT_MEASURED = Reading("not_measured")


@dataclass(frozen=True, slots=True)
class Use:
    """How one fact was used in one value."""

    fact: Fact
    verdict: str
    counted: bool


@dataclass(frozen=True, slots=True)
class Measurement:
    """A value with the use of every fact behind it; `beside` sums what did not count, by reason."""

    reading: Reading
    uses: Sequence[Use]
    beside: Mapping[str, Fraction] = field(default_factory=dict)
    verdicts: Mapping[str, int] = field(default_factory=dict)


def ratio(unit: Unit, numerator: Number, denominator: Number, *, single_cases: bool = True) -> Reading:
    """The reading of a numerator and a denominator: percent x 100, points as the mean, a count as it is (RR8 for no
    case)."""
    top, bottom = Fraction(numerator), Fraction(denominator)
    if unit == "count":
        return Reading("measured", top, top, None, top)
    if bottom == 0:
        return NO_DATA
    # A count per something (kWh per tonne) is a plain quotient; a mark is a mean.
    # row: F-056 the mean of eight dimensions is exact
    value = top / bottom * (100 if unit == "percent" else 1)
    return Reading("measured", value, top, bottom, bottom - top if single_cases and unit == "percent" else None)


def measure(
    indicator: Indicator, facts: Iterable[Fact], period: Period | None, zone: tzinfo, *, restated: bool = False
) -> Measurement:
    """The indicator's value over the facts of a scope.

    `period` None takes all facts as they are. A case whose verdict was not known before the period's end is in
    neither number, unless `restated`, which is how it enters later (AMB-109).
    """
    if indicator.selection == "open_in_period" and period is not None:
        uses = list(_open_in(facts, period, zone, restated))
    elif indicator.selection not in CHECKS or period is None and indicator.selection == "monthly_last_check":
        uses = list(_within(facts, period, zone, restated))
    elif indicator.selection == "last_check":
        uses = list(_last_checks(list(facts), period))
    else:
        known = list(facts)
        uses = [use for month in months(period) for use in _last_checks(known, month)] if period is not None else []
    counted = [use for use in uses if use.counted]
    scale = 100 if indicator.fen else 1
    numerator = Fraction(sum((use.fact.numerator for use in counted), 0)) / scale
    denominator = Fraction(sum((use.fact.denominator for use in counted), 0)) / scale
    beside: dict[str, Fraction] = {}
    for use in uses:
        if not use.counted:
            beside[use.verdict] = (
                beside.get(use.verdict, Fraction(0)) + Fraction(use.fact.numerator or use.fact.denominator) / scale
            )
    verdicts = Counter(use.verdict for use in uses)
    return Measurement(_reading(indicator, uses, counted, numerator, denominator), uses, beside, dict(verdicts))


def _reading(
    indicator: Indicator, uses: Sequence[Use], counted: Sequence[Use], numerator: Number, denominator: Number
) -> Reading:
    if indicator.selection in CHECKS:
        if not any(use.verdict != NEVER_CHECKED for use in counted):
            return NOT_MEASURED
        return ratio(indicator.unit, numerator, denominator)
    if not counted:
        not_asked = any(use.verdict == NOT_ASKED for use in uses)
        return NOT_MEASURED if indicator.obliged or not_asked else NO_DATA
    return ratio(indicator.unit, numerator, denominator)


def _within(facts: Iterable[Fact], period: Period | None, zone: tzinfo, restated: bool) -> Iterator[Use]:
    end = None if period is None else midnight_after(_last_day(period), zone)
    for fact in facts:
        if fact.verdict == WITHDRAWN or (period is not None and not period.contains(fact.on)):
            continue
        # row: AMB-109 what was not known by the end enters by restatement
        undecided = end is not None and fact.decided_at is not None and fact.decided_at >= end and not restated
        yield Use(fact, WITHIN_LIMIT if undecided else fact.verdict, fact.counted and not undecided)


def _open_in(facts: Iterable[Fact], period: Period, zone: tzinfo, restated: bool) -> Iterator[Use]:
    """What was found in the period or was still open when it began, and what of it was done within."""
    for fact in facts:
        if fact.until is None:
            yield from _within((fact,), period, zone, restated)
        # row: AMB-098 found in the period, and still open from before
        elif fact.verdict != WITHDRAWN and fact.on < period.end and fact.until >= period.start:
            left = fact.counted and fact.on < period.start
            yield Use(fact, OPEN_BEFORE if left else fact.verdict, fact.counted)


def _last_checks(facts: Sequence[Fact], period: Period | None) -> Iterator[Use]:
    """Of each file on the register before the period's end, the last check within it, else its register entry."""
    last: dict[str, Fact] = {}
    entries: dict[str, Fact] = {}
    strangers: list[Fact] = []
    objected: list[Fact] = []
    end = date.max if period is None else period.end
    for fact in facts:
        group = fact.group or fact.subject
        if fact.verdict == WITHDRAWN:
            continue
        if fact.verdict == OBJECTED:
            objected.append(fact)
        elif fact.verdict == NEVER_CHECKED:
            if fact.on < end:
                entries[group] = fact
        elif period is None or period.contains(fact.on):
            if fact.since is None or fact.since >= end:
                strangers.append(fact)
            # row: AMB-113 each file at its last check of the period
            elif group not in last or _instant(last[group]) < _instant(fact):
                last[group] = fact
    for _group, fact in sorted({**entries, **last}.items()):
        yield Use(fact, fact.verdict, True)
    for fact in strangers:
        yield Use(fact, "not_on_register", False)
    for fact in objected:
        if period is None or period.contains(fact.on):
            yield Use(fact, OBJECTED, False)


def _instant(fact: Fact) -> tuple[date, datetime, Number, str]:
    # The date decides; the instant orders checks of one day; of two at one instant the one that passed stands.
    return (fact.on, fact.at or _EARLIEST, fact.numerator, fact.subject)


def _last_day(period: Period) -> date:
    return date.fromordinal(period.end.toordinal() - 1)


def months(period: Period) -> Iterator[Period]:
    """The months of a period."""
    day = period.start
    while day < period.end:
        yield Period.parse(f"{day.year:04d}-{day.month:02d}")
        day = date.fromordinal(month_end(day).toordinal() + 1)
