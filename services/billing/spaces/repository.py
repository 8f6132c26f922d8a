"""Statements on holdings of parking spaces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, select, update

from services.billing.models import space_holdings
from shared.db.helpers import insert_rows
from shared.db.tx import Tx
from shared.ids import uuid7

h = space_holdings.c


async def of_space(tx: Tx, community_id: UUID, number: str) -> Sequence[Row[Any]]:
    """All holdings of a space, oldest first."""
    return await tx.rows(
        select(space_holdings)
        .where(h.org_id == tx.org_id, h.community_id == community_id, h.number == number)
        .order_by(h.since)
    )


async def get(tx: Tx, holding_id: UUID) -> Row[Any] | None:
    """One holding, locked."""
    return await tx.one_or_none(
        select(space_holdings).where(h.org_id == tx.org_id, h.id == holding_id).with_for_update()
    )


async def add(tx: Tx, values: Mapping[str, Any]) -> UUID:
    """Store a holding; returns its id."""
    holding_id = uuid7()
    stamp = {"id": holding_id, "version": 1, "created_at": tx.now, "updated_at": tx.now}
    await insert_rows(tx, space_holdings, [{**stamp, **values}])
    return holding_id


async def end(tx: Tx, holding_id: UUID, until: date) -> None:
    """Give a holding its last day."""
    await tx.execute(
        update(space_holdings)
        .where(h.org_id == tx.org_id, h.id == holding_id)
        .values(until=until, updated_at=tx.now, version=h.version + 1)
    )


async def page(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Holdings in the order they were made."""
    wanted = select(space_holdings).where(h.org_id == tx.org_id, *conditions)
    if after is not None:
        wanted = wanted.where(h.id > after)
    return await tx.rows(wanted.order_by(h.id).limit(limit))
