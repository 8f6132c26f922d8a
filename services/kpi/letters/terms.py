"""What a letter says of a period: as it was signed, with the amendments in force when the period begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.kpi.domain.amending import amended
from services.kpi.domain.letter_files import letter_from
from services.kpi.domain.letters import Letter
from services.kpi.letters import papers
from shared.db.tx import Tx
from shared.periods import Period


@dataclass(frozen=True, slots=True)
class Terms:
    """The words and numbers of a letter."""

    definition: Mapping[str, Any]
    parameters: Mapping[str, str | None]

    @property
    def letter(self) -> Letter:
        """As the engine scores it."""
        return letter_from(self.definition)


async def at(tx: Tx, row: Any, period: Period, known_at: datetime | None = None) -> Terms:
    """The terms of a letter (its row) for one of its periods, as they are now or were known at a past moment."""
    return await on(tx, row, period.start, known_at)


async def on(tx: Tx, row: Any, day: date, known_at: datetime | None = None) -> Terms:
    """The terms of a letter on a day; `known_at` leaves out amendments that were signed by all only later."""
    found = [
        (amendment.effective_on, amendment.changes)
        for amendment in await papers.amendments(tx, [row.id])
        if amendment.state == "effective" and (known_at is None or amendment.updated_at <= known_at)
    ]
    return Terms(*amended(row.definition, row.parameters, found, day))
