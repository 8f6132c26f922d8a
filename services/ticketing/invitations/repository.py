"""Statements on invitations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update

from services.ticketing.models import invitations
from shared.db.helpers import insert_rows
from shared.db.tx import Tx

i = invitations.c


async def insert(tx: Tx, values: Mapping[str, Any]) -> None:
    """Store an invitation."""
    await insert_rows(
        tx, invitations, [{"version": 1, "created_at": tx.wall, "updated_at": tx.wall, "state": "open", **values}]
    )


async def of_staff(tx: Tx, staff_id: UUID) -> Sequence[Row[Any]]:
    """The latest invitations of a member of staff, the newest first."""
    return await tx.rows(
        select(invitations)
        .where(i.org_id == tx.org_id, i.staff_id == staff_id)
        .order_by(i.created_at.desc(), i.id.desc())
        .limit(50)
    )


async def current(tx: Tx, staff_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """The open invitation of a member of staff; there is one at most."""
    found = select(invitations).where(i.org_id == tx.org_id, i.staff_id == staff_id, i.state == "open")
    return await tx.one_or_none(found.with_for_update() if lock else found)


async def one(tx: Tx, id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """An invitation by its id."""
    found = select(invitations).where(i.org_id == tx.org_id, i.id == id)
    return await tx.one_or_none(found.with_for_update() if lock else found)


async def use(tx: Tx, id: UUID) -> None:
    """Use a locked invitation up."""
    await tx.execute(
        update(invitations)
        .where(i.org_id == tx.org_id, i.id == id)
        .values(state="used", used_at=tx.wall, version=i.version + 1, updated_at=tx.wall)
    )


async def end(tx: Tx, staff_id: UUID, state: str) -> list[UUID]:
    """End the open invitation of a member of staff: withdrawn, or replaced by another; its id, if there was one."""
    rows = await tx.rows(
        update(invitations)
        .where(i.org_id == tx.org_id, i.staff_id == staff_id, i.state == "open")
        .values(state=state, version=i.version + 1, updated_at=tx.wall)
        .returning(i.id)
    )
    return [row.id for row in rows]
