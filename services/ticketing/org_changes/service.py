"""Applying for a change of structure or headcount, taking it back, and saying how it was carried out (C-251)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row

from services.ticketing.approvals.service import ask_about, take_back
from services.ticketing.assignments.repository import org_unit
from services.ticketing.domain.company_errors import NoSuchOrgChange, OrgChangeInvalid, OrgChangeNotApproved
from services.ticketing.errors import NoSuchOrgUnit
from services.ticketing.org_changes import repository
from services.ticketing.org_changes.schemas import LineIn, OrgChangeIn
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.ids import uuid7


async def ask(tx: Tx, who: Principal, body: OrgChangeIn) -> Row[Any]:
    """Apply for a change of an org unit within reach. Raises NoSuchOrgUnit, OrgChangeInvalid."""
    place = await org_unit(tx, body.org_unit_id)
    if place is None or not who.sees(place.path):
        raise NoSuchOrgUnit()
    wrong = [error for n, line in enumerate(body.items) for error in _faults(body.kind, line, f"items.{n}")]
    if wrong:
        raise OrgChangeInvalid(fields=wrong)
    id = uuid7()
    values = body.model_dump(mode="json", include={"kind", "title", "items"})
    await repository.add(
        tx, {"id": id, **values, "org_unit_id": body.org_unit_id, "asked_by": who.sub, "state": "asked"}
    )
    # row: C-251 on the ladder of its org unit, the general manager last
    request = await ask_about(tx, who, "org_change", id, place.path, body.reason)
    row = await repository.one(tx, id, lock=True)
    assert row is not None  # stored above
    await repository.change(tx, row, {"approval_id": request.id})
    tx.audit("org_change.asked", "org_change", id, after={"kind": body.kind, "org_unit_id": str(body.org_unit_id)})
    return await find(tx, who, id)


def _faults(kind: str, line: LineIn, path: str) -> list[FieldError]:
    if kind == "structure":
        if line.change is None:
            return [FieldError(f"{path}.change", "请写明如何调整", "Say what becomes of it")]
        return []
    if line.now is None or line.wanted is None:
        return [FieldError(f"{path}.wanted", "请填写现有编制和申请编制", "Say the headcount now and the one wanted")]
    if line.now == line.wanted:
        return [FieldError(f"{path}.wanted", "与现有编制相同", "Is what there is now")]
    return []


async def find(tx: Tx, who: Principal, id: UUID) -> Row[Any]:
    """One's own application, or one of an org unit within reach. Raises NoSuchOrgChange."""
    row = await repository.one(tx, id)
    if row is not None and row.asked_by != who.sub:
        row = await repository.one(tx, id, repository.reach(tx, who))
    if row is None:
        raise NoSuchOrgChange()
    return row


async def withdraw(tx: Tx, who: Principal, id: UUID, reason: str) -> Row[Any]:
    """Take one's own application back before its decision; again is no error. Raises NoSuchOrgChange."""
    seen = await find(tx, who, id)
    if seen.asked_by != who.sub:
        raise NoSuchOrgChange()
    if seen.state == "asked" and seen.approval_id is not None:
        # The approval is locked first, as its decision does; it tells the application.
        await take_back(tx, who, seen.approval_id)
        tx.audit("org_change.withdrawn", "org_change", id, after={"reason": reason})
    return await find(tx, who, id)


async def carry_out(tx: Tx, who: Principal, id: UUID, outcome: str) -> Row[Any]:
    """Say how an approved change was carried out. Raises NoSuchOrgChange, OrgChangeNotApproved."""
    await find(tx, who, id)
    row = await repository.one(tx, id, lock=True)
    assert row is not None  # found above
    # row: C-251 nothing is changed before it was approved
    if row.state != "approved":
        raise OrgChangeNotApproved(state=row.state)
    values = {"state": "carried_out", "carried_out_by": who.sub, "carried_out_at": tx.now, "outcome": outcome}
    await repository.change(tx, row, values)
    tx.audit("org_change.carried_out", "org_change", id, before={"state": row.state}, after={"state": "carried_out"})
    return await find(tx, who, id)


async def page(
    tx: Tx,
    who: Principal,
    org_unit_id: UUID | None,
    kind: str | None,
    state: str | None,
    after: UUID | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Applications within reach, the newest first."""
    c = repository.o
    where: list[ColumnElement[bool]] = repository.reach(tx, who)
    for column, value in ((c.org_unit_id, org_unit_id), (c.kind, kind), (c.state, state)):
        if value is not None:
            where.append(column == value)
    return await repository.page(tx, where, after, limit)
