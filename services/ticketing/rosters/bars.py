"""Bars: who may not be rostered, why, and until when (D-086)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row as DbRow

from services.ticketing.assignments.repository import lock_staff
from services.ticketing.domain.rosters import Span
from services.ticketing.domain.staff_errors import BarInvalid, BarOver, NoSuchBar
from services.ticketing.errors import NoSuchStaff
from services.ticketing.models import bars, staff
from services.ticketing.people.repository import by_ids, staff_reach
from services.ticketing.rosters import repository
from services.ticketing.rosters.judging import review
from services.ticketing.rosters.schemas import BarIn, BarOut, same
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError

#: How far ahead the shifts are shown that a bar without an end meets.
_AHEAD = timedelta(days=92)


async def make(tx: Tx, who: Principal, body: BarIn) -> DbRow[Any]:
    """Keep somebody off the roster from now, or from an instant on. Raises NoSuchStaff, BarInvalid.

    Shifts they have already are not taken away, but cover nothing: the answer names them, so that others take them.
    """
    if not await by_ids(tx, staff, [body.person_id], staff_reach(tx, who)):
        raise NoSuchStaff()
    since = body.since or tx.now
    if body.until is not None and body.until <= since:
        raise BarInvalid(fields=[FieldError("until", "应晚于开始时间", "Should lie after since")])
    await lock_staff(tx, [body.person_id])
    values = {**body.model_dump(), "since": since, "made_by": who.sub, "lifted_by": None}
    id = await repository.insert(tx, bars, values)
    tx.audit("bar.made", "bar", id, after={k: values[k] for k in ("person_id", "cause", "reason", "since", "until")})
    row = await repository.one(tx, bars, id)
    assert row is not None  # stored above
    if since < tx.now:
        await review(tx, [body.person_id], [], [Span(since, tx.now)])
    return row


async def lift(tx: Tx, who: Principal, id: UUID, reason: str) -> DbRow[Any]:
    """Let somebody be rostered again from now on. Raises NoSuchBar, BarOver."""
    seen = await find(tx, who, id)
    await lock_staff(tx, [seen.person_id])
    row = await repository.one(tx, bars, id, lock=True)
    assert row is not None  # bars are never deleted
    if row.until is not None and row.until <= tx.now:
        raise BarOver()
    await repository.change(tx, bars, row, {"until": max(tx.now, row.since), "lifted_by": who.sub})
    tx.audit("bar.lifted", "bar", id, after={"reason": reason})
    return await find(tx, who, id)


async def find(tx: Tx, who: Principal, id: UUID) -> DbRow[Any]:
    """A bar of somebody within reach. Raises NoSuchBar."""
    row = await repository.one(tx, bars, id)
    if row is None or not await by_ids(tx, staff, [row.person_id], staff_reach(tx, who)):
        raise NoSuchBar()
    return row


async def present(tx: Tx, row: DbRow[Any]) -> BarOut:
    """A bar with the shifts that it meets from now on."""
    start = max(row.since, tx.now)
    end = start + _AHEAD if row.until is None else min(row.until, start + _AHEAD)
    met = await repository.shifts_of(tx, [row.person_id], Span(start, end)) if start < end else []
    shown: BarOut = same(BarOut, row, shifts=[shift.id for shift in met])
    return shown
