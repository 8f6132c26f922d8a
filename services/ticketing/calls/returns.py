"""Missed calls are returned: the promise, what joins it, what keeps it, and what takes it back (C-036).

Part of recording a call: it is locked before its promise.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from services.ticketing.calls import return_repository as repository
from services.ticketing.domain.call_returns import due_at, on_time
from shared.db.tx import Tx
from shared.ids import uuid7

RETURN_DUE: Final = "call.return_due"
"""Timer of the first second in which a missed call is returned too late."""

_ATTEMPTS: Final = 5


async def promise(tx: Tx, call: Mapping[str, Any], missed_at: datetime, zone: ZoneInfo) -> UUID:
    """Promise to call back, or join the promise that this number has already; its id."""
    fresh = {
        **{name: call[name] for name in ("source", "org_unit_id", "community_id", "number", "person_id")},
        "missed_at": missed_at,
        "due_at": due_at(missed_at, zone),
    }
    for _ in range(_ATTEMPTS):
        id = uuid7()
        if await repository.insert(tx, {**fresh, "id": id}):
            tx.set_timer(RETURN_DUE, id, fresh["due_at"] + timedelta(seconds=1))
            data = {"missed_at": missed_at, "due_at": fresh["due_at"]}
            tx.emit("call.return_due.v1", subject=id, seq=1, data=data, community_id=call["community_id"])
            return id
        row = await repository.open_of(tx, call["source"], call["number"])
        if row is not None:  # else it was closed between the two statements
            await repository.change(tx, row, {"calls": row.calls + 1})
            joined: UUID = row.id
            return joined
    raise RuntimeError("the promise to one number opens and closes faster than it can be joined")


async def withdraw(tx: Tx, return_id: UUID) -> None:
    """A call turned out to have been answered: one missed call less, and without any nothing is promised."""
    row = await repository.one(tx, return_id, lock=True)
    if row is None or row.state != "due":
        return
    left = row.calls - 1
    if left:
        await repository.change(tx, row, {"calls": left})
        return
    await repository.change(tx, row, {"calls": 0, "state": "withdrawn", "closed_at": tx.now})
    tx.cancel_timer(RETURN_DUE, row.id)
    _closed(tx, row, row.version + 1, {"how": "withdrawn", "closed_at": tx.now, "reached": None, "on_time": True})


async def kept(
    tx: Tx, source: str, number: str, at: datetime, *, how: str, reached: bool, by: UUID | None
) -> UUID | None:
    """Somebody called this number, or it got through, at ``at``: what was promised before that is kept. Its id."""
    row = await repository.open_of(tx, source, number)
    if row is None or at < row.missed_at:
        return None
    await close(tx, row, at, how=how, reached=reached, by=by)
    id: UUID = row.id
    return id


async def close(
    tx: Tx, row: Row[Any], at: datetime, *, how: str, reached: bool, by: UUID | None
) -> None:
    """Close a locked, open promise."""
    kept_in_time = on_time(at, row.due_at)
    values = {"how": how, "reached": reached, "on_time": kept_in_time, "closed_at": at, "closed_by": by}
    if kept_in_time:
        values["overdue_at"] = None  # told late: it was in time after all
    version = await repository.change(tx, row, {**values, "state": "returned"})
    tx.cancel_timer(RETURN_DUE, row.id)
    told = {"how": how, "closed_at": at, "reached": reached, "on_time": kept_in_time}
    _closed(tx, row, version, told)


async def reached(tx: Tx, return_id: UUID) -> None:
    """The call back was answered, as its exchange tells later."""
    row = await repository.one(tx, return_id, lock=True)
    if row is not None and row.state == "returned" and row.reached is False:
        await repository.change(tx, row, {"reached": True})


async def overdue(tx: Tx, return_id: UUID) -> None:
    """The first second too late of an open promise; ``tx.now`` is that second."""
    row = await repository.one(tx, return_id, lock=True)
    if row is None or row.state != "due" or tx.now <= row.due_at:
        return
    version = await repository.change(tx, row, {"overdue_at": tx.now})
    data = {"due_at": row.due_at, "missed_at": row.missed_at}
    tx.emit("call.return_overdue.v1", subject=row.id, seq=version, data=data, community_id=row.community_id)


async def forget(tx: Tx, person_id: UUID) -> None:
    """An erased person is not called back."""
    for id in await repository.forget(tx, person_id):
        tx.cancel_timer(RETURN_DUE, id)


def _closed(tx: Tx, row: Row[Any], version: int, data: Mapping[str, Any]) -> None:
    tx.emit("call.returned.v1", subject=row.id, seq=version, data=data, community_id=row.community_id)
