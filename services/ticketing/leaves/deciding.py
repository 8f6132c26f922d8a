"""What the end of an approval does to a leave (C-145)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from services.ticketing.assignments.repository import lock_staff
from services.ticketing.models import leaves
from services.ticketing.rosters import repository
from services.ticketing.rosters.judging import review, span_of
from shared.db.tx import Tx


async def decided(tx: Tx, approval: Row[Any]) -> None:
    """An approved leave keeps its time free from now on; refused, withdrawn and expired ones fall away.

    The person's row is locked first, as rosters do: a shift and a leave of the same time come one after the other.
    """
    seen = await repository.one(tx, leaves, approval.subject_id)
    if seen is None:
        return
    await lock_staff(tx, [seen.person_id])
    row = await repository.one(tx, leaves, approval.subject_id, lock=True)
    if row is None or row.state != "asked":
        return
    # row: C-145 leave holds by its approval alone
    await repository.change(tx, leaves, row, {"state": approval.state})
    if approval.state == "approved":
        tell(tx, row, "approved", row.version + 1)
        await review(tx, [row.person_id], [row.org_unit_id], [span_of(row)])


def tell(tx: Tx, row: Row[Any], what: str, version: int) -> None:
    """Say that a leave was approved, or taken back after it was."""
    tx.emit(
        f"leave.{what}.v1",
        subject=row.id,
        seq=version,
        data={
            "leave_id": str(row.id),
            "person_id": str(row.person_id),
            "org_unit_id": str(row.org_unit_id),
            "leave_kind": row.kind,
            "starts_at": row.starts_at,
            "ends_at": row.ends_at,
        },
    )
