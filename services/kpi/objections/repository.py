"""Statements on objections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from services.kpi import within
from services.kpi.models import case_exclusions, letters, objections
from shared.auth import Principal
from shared.db.helpers import upsert_rows
from shared.db.tx import Tx


async def insert_only(tx: Tx, row: Mapping[str, Any]) -> UUID:
    """Store an objection unless the case waits for a decision on another one; the id of the one that waits."""
    c = objections.c
    await tx.execute(pg_insert(objections).values(org_id=tx.org_id, **row).on_conflict_do_nothing())
    found: UUID = await tx.scalar(
        select(c.id).where(
            c.org_id == tx.org_id,
            c.indicator == row["indicator"],
            c.subject == row["subject"],
            c.state == "open",
        )
    )
    return found


async def get(tx: Tx, objection_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """An objection with the org units above its community."""
    return await within.get(tx, objections, objection_id, lock=lock)


async def page(
    tx: Tx, who: Principal, filters: Mapping[str, Any], after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Objections within reach, the oldest first."""
    return await within.page(tx, objections, who, filters, after, limit)


async def decide(tx: Tx, objection_id: UUID, values: Mapping[str, Any]) -> None:
    """Store a decision, or what followed from it."""
    c = objections.c
    await tx.execute(
        update(objections).where(c.org_id == tx.org_id, c.id == objection_id).values(updated_at=tx.now, **values)
    )


async def exclude(tx: Tx, indicator: str, subject: str, objection_id: UUID) -> None:
    """Take a case out of an indicator, for good."""
    row = {"indicator": indicator, "subject": subject, "objection_id": objection_id}
    await upsert_rows(
        tx, case_exclusions, [row], keys=("org_id", "indicator", "subject"), update=["objection_id"]
    )


async def letters_of(tx: Tx, community_id: UUID) -> Sequence[Row[Any]]:
    """All letters of a community, locked in one order: no close may read facts while a decision changes them."""
    c = letters.c
    return await tx.rows(
        select(letters)
        .where(c.org_id == tx.org_id, c.community_id == community_id)
        .order_by(c.id)
        .with_for_update()
    )
