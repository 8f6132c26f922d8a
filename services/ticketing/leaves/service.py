"""Asking for leave and taking it back (C-144, C-145)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.approvals.service import ask_about, take_back
from services.ticketing.assignments.repository import lock_staff, org_unit
from services.ticketing.domain.rosters import Span
from services.ticketing.domain.staff_errors import LeaveInvalid, LeaveNotYours, LeaveTwice, NoSuchLeave
from services.ticketing.errors import NoSuchOrgUnit, NoSuchStaff
from services.ticketing.leaves.deciding import tell
from services.ticketing.leaves.schemas import LeaveIn
from services.ticketing.models import leaves
from services.ticketing.rosters import repository
from services.ticketing.rosters.judging import review, span_of
from services.ticketing.rosters.reach import leads
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError

#: The longest leave asked for at once, so that a slip in the year is noticed.
LONGEST = timedelta(days=200)


async def ask(tx: Tx, who: Principal, body: LeaveIn) -> Row[Any]:
    """Ask for one's own leave. Sick leave may be asked for afterwards.

    Raises:
        NoSuchOrgUnit; NoSuchStaff: not on the register of staff. LeaveInvalid: its times.
        LeaveTwice: asked for or approved already for part of that time.
    """
    place = await org_unit(tx, body.org_unit_id)
    if place is None or not who.sees(place.path):
        raise NoSuchOrgUnit()
    if not body.starts_at < body.ends_at <= body.starts_at + LONGEST:
        told = ("应晚于开始时间，且一次不超过 200 天", "Should lie after starts_at, by 200 days at most")
        raise LeaveInvalid(fields=[FieldError("ends_at", *told)])
    if not await lock_staff(tx, [who.sub]):
        raise NoSuchStaff()
    span = Span(body.starts_at, body.ends_at)
    if await repository.leaves_of(tx, [who.sub], span, ["asked", "approved"]):
        raise LeaveTwice()
    values = {**body.model_dump(exclude={"reason"}), "person_id": who.sub, "state": "asked", "approval_id": None}
    id = await repository.insert(tx, leaves, values)
    request = await ask_about(tx, who, "leave", id, place.path, body.reason)
    row = await repository.one(tx, leaves, id, lock=True)
    assert row is not None  # stored above
    await repository.change(tx, leaves, row, {"approval_id": request.id})
    return await find(tx, who, id)


async def find(tx: Tx, who: Principal, id: UUID) -> Row[Any]:
    """One's own leave, or one of an org unit within reach. Raises NoSuchLeave."""
    row = await repository.one(tx, leaves, id)
    if row is not None and row.person_id != who.sub:
        if not leads(who):
            raise NoSuchLeave()
        place = await org_unit(tx, row.org_unit_id)
        row = row if place is not None and who.sees(place.path) else None
    if row is None:
        raise NoSuchLeave()
    return row


async def cancel(tx: Tx, who: Principal, id: UUID, reason: str) -> Row[Any]:
    """Take one's own leave back: before its decision, or after it; again is no error.

    Raises NoSuchLeave, LeaveNotYours. Time that has passed stays leave: the leave ends now.
    """
    seen = await find(tx, who, id)
    if seen.person_id != who.sub:
        raise LeaveNotYours()
    if seen.state == "asked" and seen.approval_id is not None:
        # The approval is locked first, as its decision does; it tells the leave.
        await take_back(tx, who, seen.approval_id)
    await lock_staff(tx, [who.sub])
    row = await repository.one(tx, leaves, id, lock=True)
    assert row is not None  # leaves are never deleted
    if row.state == "approved" and tx.now < row.ends_at:
        begun = row.starts_at < tx.now
        values = {"ends_at": tx.now} if begun else {"state": "cancelled"}
        await repository.change(tx, leaves, row, values)
        tx.audit("leave.cancelled", "leave", id, before={"ends_at": row.ends_at}, after={"reason": reason, **values})
        changed = await repository.one(tx, leaves, id)
        assert changed is not None  # changed above
        tell(tx, changed, "shortened" if begun else "cancelled", changed.version)
        await review(tx, [row.person_id], [row.org_unit_id], [span_of(row)])
    return await find(tx, who, id)
