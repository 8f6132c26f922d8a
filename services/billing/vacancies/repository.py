"""Statements on vacancy discounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, select, update

from services.billing.models import vacancies
from shared.db.helpers import insert_rows
from shared.db.tx import Tx
from shared.ids import uuid7

v = vacancies.c


async def overlapping(tx: Tx, unit_id: UUID, since: date, until: date) -> Row[Any] | None:
    """A discount of the unit, asked for or agreed upon, that shares a day."""
    return (
        await tx.execute(
            select(v.since, v.until)
            .where(
                v.org_id == tx.org_id,
                v.unit_id == unit_id,
                v.state.in_(("pending", "approved")),
                v.since <= until,
                v.until >= since,
            )
            .order_by(v.since)
            .limit(1)
        )
    ).one_or_none()


async def add(tx: Tx, values: Mapping[str, Any]) -> UUID:
    """Store a discount that was asked for; returns its id."""
    vacancy_id = uuid7()
    stamp = {"id": vacancy_id, "version": 1, "created_at": tx.now, "updated_at": tx.now}
    await insert_rows(tx, vacancies, [{**stamp, **values}])
    return vacancy_id


async def get(tx: Tx, vacancy_id: UUID) -> Row[Any]:
    """A discount that is known to exist."""
    row = await tx.one_or_none(select(vacancies).where(v.org_id == tx.org_id, v.id == vacancy_id))
    assert row is not None  # stored by this transaction
    return row


async def decide(tx: Tx, vacancy_id: UUID, state: str) -> None:
    """A discount was approved or refused."""
    await tx.execute(
        update(vacancies)
        .where(v.org_id == tx.org_id, v.id == vacancy_id)
        .values(state=state, updated_at=tx.now, version=v.version + 1)
    )


async def page(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Discounts, the latest asked first."""
    wanted = select(vacancies).where(v.org_id == tx.org_id, *conditions)
    if before is not None:
        wanted = wanted.where(v.id < before)
    return await tx.rows(wanted.order_by(v.id.desc()).limit(limit))
