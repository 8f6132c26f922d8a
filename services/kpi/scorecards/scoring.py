"""The engine over stored readings: what a close, a night and a verification have in common."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from services.kpi.catalogue import infos
from services.kpi.domain.engine import Inputs, score
from services.kpi.domain.freezing import reading_from_json
from services.kpi.domain.letters import CYCLES, Letter, LetterError
from services.kpi.domain.scorecard import Scorecard
from services.kpi.errors import BadInput, PeriodOutsideTerm
from shared.periods import Period

# How far consequences look back; two missed quarters in a row need one, and a longer row is named in the sentence.
LOOK_BACK = 8


def scored(
    letter: Letter,
    parameters: Mapping[str, str | None],
    readings: Mapping[str, Any],
    history: Mapping[str, Mapping[str, Mapping[str, Any]]],
    period: Period,
    columns: Mapping[str, Fraction] = {},
) -> Scorecard:
    """The engine over readings and stored earlier ones, and the columns people filled.

    Raises BadInput where a rule cannot use a reading.
    """
    earlier = {name: {code: reading_from_json(raw) for code, raw in values.items()} for name, values in history.items()}
    try:
        return score(letter, Inputs(readings, earlier, period, columns=columns), parameters, infos())
    except LetterError as error:
        raise BadInput.of(error) from error


def before(period: Period) -> list[str]:
    """The earlier periods that consequences look back at, the latest first."""
    names = []
    for _ in range(LOOK_BACK):
        period = period.previous()
        names.append(str(period))
    return names


def period_of(letter: Letter, term: str, text: str) -> Period:
    """One of the letter's periods. Raises BadInput for none, PeriodOutsideTerm for another cycle or term."""
    try:
        period = Period.parse(text)
    except ValueError as error:
        raise BadInput.of(LetterError("period", "期间应为 2025-Q1 这样的写法", str(error))) from None
    within = Period.parse(term)
    fits = within.start <= period.start and period.end <= within.end
    if period.months not in {CYCLES[cycle] for cycle in letter.cycles} or not fits:
        raise PeriodOutsideTerm(period=text, cycle=letter.cycle, term=term)
    return period
