"""What the organisation holds on its employees: who they are, where and when they worked, and why they were away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, delete, func, select, update

from services.ticketing.models import (
    approvals,
    assignments,
    attendance,
    bars,
    delegations,
    invitations,
    leaves,
    metadata,
    presences,
    seats,
    shifts,
    staff,
)
from shared.db.tx import Tx
from shared.personal import Held, Holder, of_tables

#: What stands where a reason was, in the languages of the product.
ERASED: Final = "（个人信息已删除）personal data erased"

person_keys = metadata.tables["ticketing.person_keys"]

_PLAIN = of_tables(
    "employment",
    Held(staff, ("id",)),
    Held(assignments, ("person_id",)),
    Held(delegations, ("from_id", "to_id")),
    Held(shifts, ("person_id",)),
    Held(presences, ("person_id",)),
    Held(attendance, ("person_id",)),
    Held(leaves, ("person_id",)),
    Held(bars, ("person_id",), blank={"reason": ERASED}),
    Held(seats, ("staff_id",)),
)


async def lock(tx: Tx, id: UUID, conditions: Sequence[ColumnElement[bool]]) -> Row[Any] | None:
    """One employee, locked until the commit."""
    c = staff.c
    return await tx.one_or_none(
        select(staff).where(c.org_id == tx.org_id, c.id == id, *conditions).with_for_update(key_share=True)
    )


async def _forget(tx: Tx, person_id: UUID) -> None:
    """Name, addresses, reasons of absences, invitations, the log's key; of whoever is no employee nothing."""
    row = await lock(tx, person_id, ())
    if row is None:
        return
    assert _PLAIN.forget is not None  # bars have a blank
    await _PLAIN.forget(tx, person_id)
    s, a = staff.c, approvals.c
    gone = {"name": None, "phone": None, "email": None, "erased_at": tx.now}
    await tx.execute(
        update(staff)
        .where(s.org_id == tx.org_id, s.id == person_id)
        .values(**gone, version=s.version + 1, updated_at=tx.now)
    )
    # Why somebody was away may tell of an illness; that they were, attendance keeps.
    wanted = select(leaves.c.approval_id).where(leaves.c.org_id == tx.org_id, leaves.c.person_id == person_id)
    away = [row.approval_id for row in await tx.rows(wanted) if row.approval_id is not None]
    await tx.execute(
        update(approvals)
        .where(a.org_id == tx.org_id, a.id.in_(away))
        .values(reason=ERASED, version=a.version + 1, updated_at=tx.now)
    )
    await tx.execute(select(func.ticketing.blank_reasons(tx.org_id, away)))
    for table, column in ((invitations, invitations.c.staff_id), (person_keys, person_keys.c.person_id)):
        await tx.execute(delete(table).where(table.c.org_id == tx.org_id, column == person_id))


HOLDER = Holder(
    "employment",
    _PLAIN.tables,
    _PLAIN.collect,
    _forget,
    "保留不含姓名、电话的工号与编号，以及任职、排班、考勤的时间：工资、考核与工单留痕以此为据",
    "The personnel code and id stay without name or number, with the times of duties, shifts and attendance: pay, "
    "scores and the record of who did what rest on them",
)
