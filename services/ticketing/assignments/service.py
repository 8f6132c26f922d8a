"""Handing out duties and taking them off, within one's reach and within what one decides (D-017 … D-019, D-034)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, or_, select

from services.ticketing import access
from services.ticketing.approvals.service import ask_about
from services.ticketing.assignments import repository
from services.ticketing.assignments.deciding import check_free
from services.ticketing.assignments.schemas import AssignmentIn
from services.ticketing.assignments.standing import present_roles, refresh
from services.ticketing.domain.duties import ROLE, is_known, may_decide, may_propose
from services.ticketing.domain.staff_errors import (
    AssignmentInvalid,
    AssignmentNotYours,
    AssignmentOver,
    NoSuchAssignment,
    OwnAssignment,
    StaffLeft,
    WorksElsewhere,
)
from services.ticketing.errors import NoSuchOrgUnit, NoSuchStaff
from services.ticketing.models import assignments, org_units, staff
from services.ticketing.people.repository import by_ids, staff_reach
from shared.auth import Principal
from shared.auth.roles import EMPLOYED
from shared.db.tx import Tx
from shared.errors import FieldError, LostUpdate


async def make(tx: Tx, who: Principal, body: AssignmentIn) -> Row[Any]:
    """Give somebody a duty, or propose it.

    Raises:
        NoSuchOrgUnit, NoSuchStaff: unknown or outside the caller's reach. AssignmentInvalid.
        AssignmentNotYours: decided above (it may be proposed). OwnAssignment: for oneself.
        StaffLeft, WorksElsewhere, AssignmentTwice, DutyTaken.
    """
    since = body.since or tx.now
    _check(body, since)
    unit = await repository.org_unit(tx, body.org_unit_id)
    if unit is None or not who.sees(unit.path):
        raise NoSuchOrgUnit()
    person = await within_reach(tx, who, body.person_id)
    if body.acting_for is not None:
        await within_reach(tx, who, body.acting_for)
    if body.person_id == who.sub:
        raise OwnAssignment()
    roles = await present_roles(tx, who.sub, who.roles)
    decides = may_decide(roles, body.kind, body.code)
    if not decides and not (body.propose and may_propose(body.kind, body.code)):
        # row: D-018, D-084 what is decided above can be proposed only
        raise AssignmentNotYours()
    await repository.lock_staff(tx, [person.id])
    # Read again now that nobody else changes them.
    person = await within_reach(tx, who, body.person_id)
    if person.left_at is not None:
        raise StaffLeft()
    if body.kind == ROLE and not await repository.all_within(tx, person.units, who):
        raise WorksElsewhere()
    await check_free(tx, person.id, body.kind, body.code, body.org_unit_id, (since, body.until))
    values = {
        **body.model_dump(exclude={"propose", "since"}),
        "since": since,
        "state": "proposed" if body.propose else "decided",
        "decided_by": None if body.propose else who.sub,
        "ended_by": None,
    }
    id = await repository.insert(tx, values)
    told = {k: values[k] for k in ("person_id", "org_unit_id", "kind", "code", "since", "until", "state", "reason")}
    tx.audit("assignment.made", "assignment", id, after=told)
    if body.propose:
        await ask_about(tx, who, "appointment", id, unit.path, body.reason)
    else:
        await refresh(tx, person.id)
    return await find(tx, who, id)


def _check(body: AssignmentIn, since: datetime) -> None:
    wrong = []
    if not is_known(body.kind, body.code, EMPLOYED):
        wrong.append(FieldError("code", "没有此岗位、职责或技能", f"There is no {body.kind} of this name"))
    if body.until is not None and body.until <= since:
        wrong.append(FieldError("until", "结束时间应晚于开始时间", "Should lie after since"))
    if body.acting_for is not None and body.until is None:
        wrong.append(FieldError("until", "代理须注明结束时间", "An acting deputy's time has an end"))
    if body.acting_for is not None and body.acting_for == body.person_id:
        wrong.append(FieldError("acting_for", "不能代理本人", "Nobody acts for themselves"))
    if wrong:
        raise AssignmentInvalid(fields=wrong)


async def within_reach(tx: Tx, who: Principal, person_id: UUID) -> Row[Any]:
    """A member of staff within the caller's reach. Raises NoSuchStaff."""
    rows = await by_ids(tx, staff, [person_id], staff_reach(tx, who))
    if not rows or rows[0].erased_at is not None:
        raise NoSuchStaff()
    return rows[0]


async def end(
    tx: Tx, who: Principal, id: UUID, at: datetime | None, reason: str, if_match: int | None
) -> Row[Any]:
    """End a duty at an instant from now on.

    Raises:
        NoSuchAssignment, LostUpdate, AssignmentInvalid, OwnAssignment, AssignmentNotYours.
        AssignmentOver: it does not hold any more by then, or was never decided.
    """
    seen = await find(tx, who, id)
    await repository.lock_staff(tx, [seen.person_id])
    row = await repository.find(tx, id, lock=True)
    assert row is not None  # assignments are never deleted
    if if_match is not None and if_match != row.version:
        raise LostUpdate()
    when = at or tx.now
    if when < tx.now:
        raise AssignmentInvalid(fields=[FieldError("at", "不能早于现在", "Should not lie in the past")])
    if row.person_id == who.sub:
        raise OwnAssignment()
    if not may_decide(await present_roles(tx, who.sub, who.roles), row.kind, row.code):
        raise AssignmentNotYours()
    if row.state != "decided" or (row.until is not None and row.until <= when):
        raise AssignmentOver()
    # What has not begun by then never begins.
    until = max(when, row.since)
    await repository.change(tx, row, {"until": until, "ended_by": who.sub})
    told = {"until": until, "reason": reason}
    tx.audit("assignment.ended", "assignment", id, before={"until": row.until}, after=told)
    await refresh(tx, row.person_id)
    return await find(tx, who, id)


async def find(tx: Tx, who: Principal, id: UUID) -> Row[Any]:
    """An assignment in an org unit within the caller's reach, or one's own. Raises NoSuchAssignment."""
    row = await repository.find(tx, id)
    if row is None or not (who.sees(row.path) or row.person_id == who.sub):
        raise NoSuchAssignment()
    return row


def reach(tx: Tx, who: Principal) -> list[ColumnElement[bool]]:
    """Conditions on assignments: those of org units within reach, and one's own."""
    if access.sees_everything(tx, who):
        return []
    below = select(org_units.c.id).where(org_units.c.org_id == tx.org_id, access.under_units(who, org_units.c.path))
    return [or_(assignments.c.person_id == who.sub, assignments.c.org_unit_id.in_(below))]


def filters(
    *, person_id: UUID | None, org_unit_id: UUID | None, kind: str | None, code: str | None, at: datetime | None
) -> Sequence[ColumnElement[bool]]:
    """Conditions that a list was asked for; ``at``: those that hold at an instant."""
    c = assignments.c
    wanted = ((c.person_id, person_id), (c.org_unit_id, org_unit_id), (c.kind, kind), (c.code, code))
    where = [column == value for column, value in wanted if value is not None]
    return where if at is None else [*where, repository.holding_at(at)]
