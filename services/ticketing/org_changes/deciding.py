"""What the end of an approval does to an application to change the organisation."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from services.ticketing.org_changes import repository
from shared.db.tx import Tx


async def decided(tx: Tx, approval: Row[Any]) -> None:
    """The application stands as its approval does."""
    row = await repository.one(tx, approval.subject_id, lock=True)
    if row is not None and row.state == "asked":
        # row: C-251 the application is decided by its approval alone
        await repository.change(tx, row, {"state": approval.state})
