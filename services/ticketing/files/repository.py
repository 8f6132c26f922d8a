"""The statements of files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, update

from services.ticketing.models import files
from shared.db.helpers import insert_rows
from shared.db.tx import Tx


async def insert(tx: Tx, row: Mapping[str, Any]) -> None:
    """Store what a new file is."""
    await insert_rows(tx, files, [row])


async def find(tx: Tx, file_id: UUID) -> Row[Any] | None:
    """A file by id."""
    return await tx.one_or_none(select(files).where(files.c.org_id == tx.org_id, files.c.id == file_id))


async def waiting(tx: Tx, person_id: UUID) -> int:
    """How many files somebody uploaded and attached to nothing."""
    found: int = await tx.scalar(
        select(func.count()).where(
            files.c.org_id == tx.org_id, files.c.uploaded_by == person_id, files.c.state == "waiting"
        )
    )
    return found


async def locked(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Row[Any]]:
    """Files by id, held until the commit, in one order so that two intakes wait for each other and never cross."""
    rows = await tx.rows(
        select(files)
        .where(files.c.org_id == tx.org_id, files.c.id.in_(sorted(ids)))
        .order_by(files.c.id)
        .with_for_update()
    )
    return {row.id: row for row in rows}


async def change(tx: Tx, ids: Sequence[UUID], values: Mapping[str, Any]) -> None:
    """Write new values and the next version of locked files."""
    await tx.execute(
        update(files)
        .where(files.c.org_id == tx.org_id, files.c.id.in_(sorted(ids)))
        .values(**values, version=files.c.version + 1, updated_at=tx.now)
    )
