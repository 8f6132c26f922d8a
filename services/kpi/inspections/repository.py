"""Statements on inspections and their case files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, or_, select, update

from services.kpi import within
from services.kpi.models import inspection_entries, inspections
from shared.auth import Principal
from shared.db.helpers import insert_rows
from shared.db.tx import Tx


async def insert(tx: Tx, row: Mapping[str, Any]) -> None:
    """Store an inspection."""
    await insert_rows(tx, inspections, [row])


async def write(tx: Tx, row: Mapping[str, Any]) -> None:
    """Add to a case file."""
    await insert_rows(tx, inspection_entries, [row])


async def get(tx: Tx, inspection_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """An inspection with the org units above its community."""
    return await within.get(tx, inspections, inspection_id, lock=lock)


async def entries(tx: Tx, inspection_id: UUID) -> Sequence[Row[Any]]:
    """A case file, the oldest entry first."""
    c = inspection_entries.c
    return await tx.rows(
        select(inspection_entries)
        .where(c.org_id == tx.org_id, c.inspection_id == inspection_id)
        .order_by(c.id)
    )


async def page(
    tx: Tx, who: Principal, filters: Mapping[str, Any], after: UUID | None, limit: int, *, others: bool
) -> Sequence[Row[Any]]:
    """Inspections within reach, the oldest first: what concerns the caller, open investigations left out, and, with
    `others`, those of everybody else."""
    c = inspections.c
    own = and_(c.subject_id == who.sub, or_(c.kind != "investigation", c.state != "open"))
    shown = or_(c.subject_id != who.sub, own) if others else own
    return await within.page(tx, inspections, who, filters, after, limit, shown)


async def move(tx: Tx, row: Row[Any], values: Mapping[str, Any]) -> None:
    """Store a step; the row is locked."""
    c = inspections.c
    await tx.execute(
        update(inspections)
        .where(c.org_id == tx.org_id, c.id == row.id)
        .values(version=row.version + 1, updated_at=tx.now, **values)
    )
