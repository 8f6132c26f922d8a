"""Reading holds within the caller's scope."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.billing.dunning.cases import visible
from services.billing.dunning.errors import NoSuchCase, NoSuchHold
from services.billing.holds import repository
from shared.auth import Principal
from shared.db.tx import Tx


async def get(tx: Tx, who: Principal, hold_id: UUID) -> Row[Any]:
    """One hold. Raises NoSuchHold."""
    row = await repository.get(tx, hold_id)
    if row is None:
        raise NoSuchHold()
    try:
        await visible(tx, who, row.case_id)
    except NoSuchCase:
        raise NoSuchHold() from None
    return row
