"""Targets broken down layer by layer: a letter below another, in force only under one that is."""

from __future__ import annotations

from uuid import UUID

from services.kpi.errors import NoSuchLetter
from services.kpi.letter_errors import ParentNotInForce
from services.kpi.letters import repository
from shared.db.tx import Tx


async def demand_parent(tx: Tx, parent_id: UUID | None) -> None:
    """Targets are signed layer by layer. Raises NoSuchLetter, ParentNotInForce."""
    if parent_id is None:
        return
    parent = await repository.get(tx, parent_id)
    if parent is None:
        raise NoSuchLetter()
    # row: C-201, C-202, C-203, C-204 a letter below is in force only under one that is
    if parent.state in ("draft", "void"):
        raise ParentNotInForce()
