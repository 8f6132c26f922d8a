"""Statements on suggestions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.kpi import registers
from services.kpi.models import suggestions
from shared.auth import Principal
from shared.db.tx import Tx


async def add(tx: Tx, values: Mapping[str, Any]) -> UUID:
    """Store a suggestion."""
    return await registers.add(tx, suggestions, values)


async def get(tx: Tx, who: Principal, suggestion_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """A suggestion within reach."""
    return await registers.get(tx, who, suggestions, suggestion_id, lock=lock)


async def change(tx: Tx, row: Row[Any], values: Mapping[str, Any]) -> int:
    """Write a change of a locked suggestion."""
    return await registers.change(tx, suggestions, row, values)


async def page(
    tx: Tx, who: Principal, filters: Mapping[str, Any], after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Suggestions within reach."""
    return await registers.page(tx, who, suggestions, filters, after, limit)
