"""What a letter says of a period: as it was signed, with the amendments in force when the period begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
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


async def at(tx: Tx, row: Any, period: Period) -> Terms:
    """The terms of a letter (its row) for one of its periods."""
    return await on(tx, row, period.start)


async def on(tx: Tx, row: Any, day: date) -> Terms:
    """The terms of a letter on a day."""
    found = [
        (amendment.effective_on, amendment.changes)
        for amendment in await papers.amendments(tx, [row.id])
        if amendment.state == "effective"
    ]
    return Terms(*amended(row.definition, row.parameters, found, day))
