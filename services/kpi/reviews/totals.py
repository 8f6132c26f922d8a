"""What a close takes from a review."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from uuid import UUID

from services.kpi.domain.numbers import exact
from services.kpi.reviews import repository
from shared.db.tx import Tx


async def totals(tx: Tx, letter_id: UUID, period: str, known_at: datetime | None = None) -> dict[str, Fraction]:
    """The columns of a letter's period by name, as they are now or were at a past moment; none where nobody
    reviewed."""
    known = await repository.of_period(tx, letter_id, period)
    if known is None:
        return {}
    filled = (await repository.scores(tx, [known])).get(known, [])
    return {score.column: exact(score.total) for score in filled if known_at is None or score.at <= known_at}
