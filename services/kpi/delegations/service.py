"""Lending one's place: only by whoever holds it, so that nobody acts for somebody who knows nothing of it.

A place that was lent cannot be lent on: what lets somebody lend is their own post, never a delegation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.kpi.delegations import repository
from services.kpi.delegations.schemas import DelegationIn
from services.kpi.domain import reviewing, signing
from services.kpi.letters import service as letters
from services.kpi.review_errors import NotTheirPlace
from services.kpi.reviews import service as reviews
from shared.auth import Principal
from shared.db.tx import Tx


async def lend_column(tx: Tx, who: Principal, review_id: UUID, body: DelegationIn) -> Sequence[Row[Any]]:
    """Lend a column of a review. Raises NoSuchReview, NotTheirPlace."""
    row = await reviews.get(tx, who, review_id)
    letter = await reviews.letter_of(tx, row)
    known = letter.columns is not None and body.place in letter.columns.order
    if not known or not reviewing.holds(body.place, str(who.sub), who.roles, str(row.subject_id)):
        raise NotTheirPlace()
    return await _lend(tx, who, row, "review", body)


async def lend_signature(tx: Tx, who: Principal, letter_id: UUID, body: DelegationIn) -> Sequence[Row[Any]]:
    """Lend a place to sign of a letter. Raises NoSuchLetter, NotTheirPlace."""
    row = await letters.get(tx, who, letter_id)
    place = {str(place.place): place for place in signing.signatories(row.definition)}.get(body.place)
    # row: C-191 whose place it is lends it; what the promising person signs nobody signs for them
    if place is None or not signing.holds(place, str(who.sub), who.roles, str(row.subject_id)):
        raise NotTheirPlace()
    return await _lend(tx, who, row, "letter", body)


async def _lend(tx: Tx, who: Principal, row: Row[Any], entity: str, body: DelegationIn) -> Sequence[Row[Any]]:
    if body.to in (who.sub, row.subject_id):
        raise NotTheirPlace()
    await repository.lend(
        tx,
        {
            "about_id": row.id,
            "place": body.place,
            "lent_by": who.sub,
            "lent_to": body.to,
            "grounds": body.grounds,
            "at": tx.now,
        },
    )
    tx.audit(f"{entity}.delegated", entity, row.id, after={"place": body.place, "to": str(body.to)})
    return await repository.of(tx, row.id)


async def of_review(tx: Tx, who: Principal, review_id: UUID) -> Sequence[Row[Any]]:
    """The delegations about a review. Raises NoSuchReview."""
    return await repository.of(tx, (await reviews.get(tx, who, review_id)).id)


async def of_letter(tx: Tx, who: Principal, letter_id: UUID) -> Sequence[Row[Any]]:
    """The delegations about a letter. Raises NoSuchLetter."""
    return await repository.of(tx, (await letters.get(tx, who, letter_id)).id)
