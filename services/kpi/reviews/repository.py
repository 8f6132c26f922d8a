"""Statements on reviews."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update

from services.kpi import within
from services.kpi.models import review_scores, reviews
from shared.auth import Principal
from shared.db.helpers import insert_rows
from shared.db.tx import Tx


async def insert(tx: Tx, row: Mapping[str, Any]) -> None:
    """Store a review."""
    await insert_rows(tx, reviews, [row])


async def of_period(tx: Tx, letter_id: UUID, period: str) -> UUID | None:
    """The review of a letter and period, if there is one."""
    c = reviews.c
    found: UUID | None = await tx.scalar(
        select(c.id).where(c.org_id == tx.org_id, c.letter_id == letter_id, c.period == period)
    )
    return found


async def get(tx: Tx, review_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """A review with the org units above its community."""
    return await within.get(tx, reviews, review_id, lock=lock)


async def page(
    tx: Tx, who: Principal, filters: Mapping[str, Any], after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Reviews within reach, the oldest first."""
    return await within.page(tx, reviews, who, filters, after, limit)


async def scores(tx: Tx, review_ids: Sequence[UUID]) -> Mapping[UUID, list[Row[Any]]]:
    """The filled columns of reviews, in the order in which they were filled."""
    c = review_scores.c
    rows = await tx.rows(
        select(review_scores).where(c.org_id == tx.org_id, c.review_id.in_(list(review_ids))).order_by(c.place)
    )
    found: dict[UUID, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.review_id, []).append(row)
    return found


async def add_score(tx: Tx, row: Mapping[str, Any]) -> None:
    """Fill a column; the key keeps a second one out."""
    await insert_rows(tx, review_scores, [row])


async def move(tx: Tx, review_id: UUID, version: int, state: str) -> None:
    """The review after a column was filled."""
    c = reviews.c
    await tx.execute(
        update(reviews)
        .where(c.org_id == tx.org_id, c.id == review_id)
        .values(version=version, updated_at=tx.now, state=state)
    )
