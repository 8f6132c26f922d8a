"""The statements of approvals that are ticketing's own; those of the mechanism stand in shared.approvals."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.ticketing.models import approval_ladders, org_units, staff
from shared.db.helpers import upsert_rows
from shared.db.tx import Tx
from shared.ids import uuid7


async def is_staff(tx: Tx, person_id: UUID) -> bool:
    """Whether somebody is on the register of staff."""
    c = staff.c
    found = await tx.scalar(select(c.id).where(c.org_id == tx.org_id, c.id == person_id, c.erased_at.is_(None)))
    return found is not None


async def path_of(tx: Tx, org_unit_id: UUID) -> Sequence[UUID] | None:
    """The org units from the root down to this one, or None for an unknown one."""
    path: Sequence[UUID] | None = await tx.scalar(
        select(org_units.c.path).where(org_units.c.org_id == tx.org_id, org_units.c.id == org_unit_id)
    )
    return path


async def set_ladder(tx: Tx, org_unit_id: UUID, subject_kind: str, rungs: Sequence[Any]) -> None:
    """Store the ladder of an org unit in place of the one before."""
    row = {
        "id": uuid7(),
        "version": 1,
        "created_at": tx.now,
        "updated_at": tx.now,
        "org_unit_id": org_unit_id,
        "subject_kind": subject_kind,
        "rungs": list(rungs),
    }
    keys = ["org_id", "org_unit_id", "subject_kind"]
    await upsert_rows(tx, approval_ladders, [row], keys=keys, update=["rungs", "updated_at"])


async def unit_paths(tx: Tx, org_unit_ids: Collection[UUID]) -> dict[UUID, Sequence[UUID]]:
    """The paths of these org units, by id."""
    c = org_units.c
    rows = await tx.rows(select(c.id, c.path).where(c.org_id == tx.org_id, c.id.in_(sorted(org_unit_ids))))
    return {row.id: row.path for row in rows}
