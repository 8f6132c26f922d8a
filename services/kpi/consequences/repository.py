"""Statements on consequences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, update

from services.kpi import within
from services.kpi.models import consequences
from shared.auth import Principal
from shared.db.helpers import insert_rows
from shared.db.tx import Tx


async def insert(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store proposals."""
    await insert_rows(tx, consequences, rows)


async def withdraw(tx: Tx, scorecard_id: UUID) -> None:
    """Proposals of a scorecard that was restated wait no longer."""
    c = consequences.c
    await tx.execute(
        update(consequences)
        .where(c.org_id == tx.org_id, c.scorecard_id == scorecard_id, c.state == "proposed")
        .values(state="withdrawn", version=c.version + 1, updated_at=tx.now)
    )


async def next_number(tx: Tx, scorecard_id: UUID) -> int:
    """The place of the next proposal of a scorecard."""
    c = consequences.c
    last = await tx.scalar(
        select(func.max(c.number)).where(c.org_id == tx.org_id, c.scorecard_id == scorecard_id)
    )
    return int(last or 0) + 1


async def get(tx: Tx, consequence_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """A consequence with the org units above its community."""
    return await within.get(tx, consequences, consequence_id, lock=lock)


async def page(
    tx: Tx, who: Principal, filters: Mapping[str, Any], after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Consequences within reach, the oldest first."""
    return await within.page(tx, consequences, who, filters, after, limit)


async def move(tx: Tx, row: Row[Any], values: Mapping[str, Any]) -> None:
    """Store a step of a consequence."""
    c = consequences.c
    await tx.execute(
        update(consequences)
        .where(c.org_id == tx.org_id, c.id == row.id)
        .values(version=row.version + 1, updated_at=tx.now, **values)
    )
