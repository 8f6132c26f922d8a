"""The engine over stored readings: what a close, a night and a verification have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.kpi.catalogue import infos
from services.kpi.domain.engine import Inputs, score
from services.kpi.domain.freezing import reading_from_json
from services.kpi.domain.letters import Letter, LetterError
from services.kpi.domain.scorecard import Scorecard
from services.kpi.errors import BadInput
from shared.periods import Period

# How far consequences look back; two missed quarters in a row need one, and a longer row is named in the sentence.
LOOK_BACK = 8


def scored(
    letter: Letter,
    parameters: Mapping[str, str | None],
    readings: Mapping[str, Any],
    history: Mapping[str, Mapping[str, Mapping[str, Any]]],
    period: Period,
) -> Scorecard:
    """The engine over readings and stored earlier ones. Raises BadInput where a rule cannot use a reading."""
    earlier = {name: {code: reading_from_json(raw) for code, raw in values.items()} for name, values in history.items()}
    try:
        return score(letter, Inputs(readings, earlier, period), parameters, infos())
    except LetterError as error:
        raise BadInput.of(error) from error


def before(period: Period) -> list[str]:
    """The earlier periods that consequences look back at, the latest first."""
    names = []
    for _ in range(LOOK_BACK):
        period = period.previous()
        names.append(str(period))
    return names
