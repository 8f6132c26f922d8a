"""Freezing a scorecard: read, score, pin, hash; and reading frozen ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.kpi import access
from services.kpi.domain import signing
from services.kpi.domain.letters import LetterError
from services.kpi.errors import (
    AlreadyFrozen,
    BadInput,
    FactsBehind,
    NoSuchScorecard,
    OwnScorecard,
    PeriodNotOver,
)
from services.kpi.letter_errors import NotTheAppraiser
from services.kpi.letters import repository as letters
from services.kpi.letters import service as signed
from services.kpi.scorecards import repository
from services.kpi.scorecards.closing import close
from services.kpi.scorecards.schemas import ScorecardIn
from services.kpi.scorecards.scoring import period_of
from shared.auth import Principal
from shared.db.tx import Tx


async def freeze(tx: Tx, who: Principal, body: ScorecardIn) -> Row[Any]:
    """Freeze a letter's scorecard of a period, or restate it.

    Raises NoSuchLetter, OwnScorecard, PeriodOutsideTerm, PeriodNotOver, FactsBehind, AlreadyFrozen, BadInput.
    """
    await letters.lock(tx, body.letter_id)  # two closes, or a close and the nightly numbers, at once
    row = await signed.get(tx, who, body.letter_id)
    if who.sub == row.subject_id:
        raise OwnScorecard()
    signed.demand_in_force(row)
    if not signing.may_close(row.definition, who.roles):
        raise NotTheAppraiser()
    letter, community = signed.signed(row), await access.community(tx, who, row.community_id)
    period = period_of(letter, row.term, body.period)
    if tx.now < period.bounds(community.zone)[1]:
        raise PeriodNotOver(period=str(period))
    for lag in await repository.lags(tx):
        raise FactsBehind(source=lag.source, position=lag.position, head=lag.head_heard)
    standing = await repository.head(tx, row.id, str(period))
    if standing is not None and not body.restate:
        raise AlreadyFrozen(period=str(period), scorecard_id=standing.scorecard_id)
    if body.restate and not body.reason:
        raise BadInput.of(LetterError("reason", "重述须说明原因", "a restatement says why"))
    id_ = await close(tx, row, community, period, standing, body.reason)
    return await get(tx, who, id_)


async def get(tx: Tx, who: Principal, scorecard_id: UUID) -> Row[Any]:
    """A scorecard within reach. Raises NoSuchScorecard."""
    row = await repository.get(tx, scorecard_id)
    if row is None or not who.sees(row.path):
        raise NoSuchScorecard()
    return row


async def page(
    tx: Tx, who: Principal, filters: Mapping[str, Any], after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Scorecards within reach."""
    return await repository.page(tx, who, filters, after, limit)
