"""Statements on paid service slips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, select

from services.billing.models import service_slips
from shared.db.helpers import insert_rows
from shared.db.tx import Tx

s = service_slips.c


async def by_number(tx: Tx, community_id: UUID, number: str) -> Row[Any] | None:
    """The slip of that number in a community, if it was posted."""
    return await tx.one_or_none(
        select(service_slips).where(s.org_id == tx.org_id, s.community_id == community_id, s.number == number)
    )


async def add(tx: Tx, values: Mapping[str, Any]) -> None:
    """Store a slip."""
    await insert_rows(tx, service_slips, [{"version": 1, "created_at": tx.now, "updated_at": tx.now, **values}])


async def page(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Slips, the latest posted first."""
    wanted = select(service_slips).where(s.org_id == tx.org_id, *conditions)
    if before is not None:
        wanted = wanted.where(s.id < before)
    return await tx.rows(wanted.order_by(s.id.desc()).limit(limit))
