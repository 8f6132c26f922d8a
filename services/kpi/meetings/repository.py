"""Statements on meetings and who came to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from services.kpi import registers
from services.kpi.models import meeting_attendance, meetings
from shared.auth import Principal
from shared.db.helpers import insert_rows
from shared.db.tx import Tx


async def add(tx: Tx, values: Mapping[str, Any], attendance: Sequence[Mapping[str, Any]]) -> UUID:
    """Store a meeting with everybody who was to come."""
    id_ = await registers.add(tx, meetings, values)
    await insert_rows(tx, meeting_attendance, [{"meeting_id": id_, **row} for row in attendance])
    return id_


async def get(tx: Tx, who: Principal, meeting_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """A meeting within reach."""
    return await registers.get(tx, who, meetings, meeting_id, lock=lock)


async def change(tx: Tx, row: Row[Any], values: Mapping[str, Any]) -> int:
    """Write a change of a locked meeting."""
    return await registers.change(tx, meetings, row, values)


async def attendance(tx: Tx, meeting_id: UUID) -> Sequence[Row[Any]]:
    """Who came, and who did not."""
    c = meeting_attendance.c
    return await tx.rows(
        select(c.person_id, c.attendance, c.reason)
        .where(c.org_id == tx.org_id, c.meeting_id == meeting_id)
        .order_by(c.person_id)
    )


async def page(
    tx: Tx,
    who: Principal,
    filters: Mapping[str, Any],
    held: tuple[datetime | None, datetime | None],
    after: UUID | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Meetings within reach, held between two instants."""
    c = meetings.c
    more = [c.held_at >= held[0]] if held[0] is not None else []
    more += [c.held_at < held[1]] if held[1] is not None else []
    return await registers.page(tx, who, meetings, filters, after, limit, *more)
