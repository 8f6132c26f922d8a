"""Handing open work over, and going: to another org unit, or for good. All of it in one transaction, or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.approvals.service import mechanism
from services.ticketing.assignments import repository as staffing
from services.ticketing.assignments.service import within_reach
from services.ticketing.assignments.standing import refresh, standing_of
from services.ticketing.delegations import repository as delegations
from services.ticketing.domain.commands import forbid_handler
from services.ticketing.domain.duties import GUARDED_ROLES
from services.ticketing.domain.kind import kinds
from services.ticketing.domain.staff_errors import (
    AssignmentNotYours,
    HandoverInvalid,
    OwnAssignment,
    StaffLeft,
    WorksElsewhere,
    WorkWithoutSuccessor,
)
from services.ticketing.errors import NoSuchOrgUnit
from services.ticketing.handover import repository
from services.ticketing.handover.schemas import GoIn, GoneOut, TransferIn, WorkKind, WorkOut
from services.ticketing.orders import following
from services.ticketing.revisits import repository as calls
from services.ticketing.sessions.service import end_all
from services.ticketing.tickets import casework
from shared.approvals import rules
from shared.approvals.service import request_of
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError


@dataclass(frozen=True, slots=True)
class Work:
    """Something open; ``ticket_id`` is the case whose row is locked for it."""

    kind: WorkKind
    id: UUID
    number: str
    ticket_id: UUID | None = None

    def out(self) -> WorkOut:
        """As it is answered."""
        return WorkOut(kind=self.kind, id=self.id, number=self.number)


async def open_work(tx: Tx, who: Principal, person_id: UUID) -> list[Work]:
    """What waits for a member of staff within reach. Raises NoSuchStaff."""
    await within_reach(tx, who, person_id)
    return await _work(tx, person_id)


async def _work(tx: Tx, person_id: UUID) -> list[Work]:
    found = [
        Work("ticket", row.id, row.number, row.id)
        for row in await repository.open_tickets(tx, person_id)
        if not kinds()[row.kind].state(row.state).final
    ]
    found += [Work("revisit", row.id, row.number, row.ticket_id) for row in await repository.due_calls(tx, person_id)]
    return found + [Work("approval", row.id, row.number) for row in await repository.held_approvals(tx, person_id)]


async def leave(tx: Tx, who: Principal, person_id: UUID, body: GoIn) -> GoneOut:
    """Somebody leaves the company: their work goes to successors, whatever they hold ends, their sessions end.

    Raises:
        NoSuchStaff, StaffLeft, OwnAssignment, AssignmentNotYours, WorksElsewhere.
        WorkWithoutSuccessor: names what nobody takes over. HandoverInvalid: a successor who cannot.
    """
    row, done = await _handed_over(tx, who, person_id, body)
    ended = await staffing.end_all(tx, person_id, tx.now)
    shifts = await repository.cancel_shifts(tx, person_id)
    await staffing.update_staff(tx, person_id, {"base_roles": [], "base_units": [], "left_at": tx.now})
    return await _gone(tx, row, body, done, ended, shifts, "left")


async def transfer(tx: Tx, who: Principal, person_id: UUID, body: TransferIn) -> GoneOut:
    """Somebody goes to another org unit within reach; dated duties end, their roles go with them.

    Raises what :func:`leave` raises, and NoSuchOrgUnit.
    """
    await within_reach(tx, who, person_id)
    place = await staffing.org_unit(tx, body.org_unit_id)
    if place is None or not who.sees(place.path):
        raise NoSuchOrgUnit()
    row, done = await _handed_over(tx, who, person_id, body)
    roles = row.roles if row.base_roles is None else row.base_roles
    ended = await staffing.end_all(tx, person_id, tx.now)
    shifts = await repository.cancel_shifts(tx, person_id)
    values = {"base_roles": list(roles), "base_units": [body.org_unit_id]}
    await staffing.update_staff(tx, person_id, values)
    return await _gone(tx, row, body, done, ended, shifts, "transferred")


async def _gone(
    tx: Tx, row: Row[Any], body: GoIn, done: Sequence[Work], ended: int, shifts: int, what: str
) -> GoneOut:
    await delegations.revoke_all(tx, row.id)
    await refresh(tx, row.id)
    sessions = await end_all(tx, row.id, reason=what)
    told = {"reason": body.reason, "handed_over": [work.number for work in done]}
    tx.audit(f"staff.{what}", "staff", row.id, before={"units": row.units}, after=told)
    return GoneOut(
        person_id=row.id,
        handed_over=[work.out() for work in done],
        assignments_ended=ended,
        sessions_ended=sessions,
        shifts_cancelled=shifts,
    )


async def _handed_over(tx: Tx, who: Principal, person_id: UUID, body: GoIn) -> tuple[Row[Any], list[Work]]:
    await within_reach(tx, who, person_id)
    if person_id == who.sub:
        raise OwnAssignment()
    named = {(t.kind, t.id): t.to for t in body.takeovers}
    heirs = {*named.values(), *({body.successor} if body.successor else ())}
    locked = await staffing.lock_staff(tx, {person_id, *heirs})
    row = locked[person_id]
    if row.left_at is not None:
        raise StaffLeft()
    if GUARDED_ROLES & set(row.roles) and "admin" not in who.roles:
        raise AssignmentNotYours()
    if not await staffing.all_within(tx, row.units, who):
        raise WorksElsewhere()
    await _check_heirs(tx, person_id, body, locked)
    work = await _work(tx, person_id)
    strange = [n for n, t in enumerate(body.takeovers) if (t.kind, t.id) not in {(w.kind, w.id) for w in work}]
    if strange:
        told = ("不是此人的待办工作", "Is not open work of this person")
        raise HandoverInvalid(fields=[FieldError(f"takeovers.{n}.id", *told) for n in strange])
    to = {(w.kind, w.id): named.get((w.kind, w.id), body.successor) for w in work}
    left = [w.number for w in work if to[(w.kind, w.id)] is None]
    if left:
        raise WorkWithoutSuccessor(work=", ".join(left[:50]))
    for one in work:
        heir = to[(one.kind, one.id)]
        assert heir is not None  # nothing is left
        await _hand(tx, one, row, locked[heir], body.reason)
    return row, work


async def _check_heirs(tx: Tx, person_id: UUID, body: GoIn, locked: Mapping[UUID, Row[Any]]) -> None:
    held = await staffing.holdings(tx, locked)
    paths = [(f"takeovers.{n}.to", t.to) for n, t in enumerate(body.takeovers)]
    wrong = []
    for path, heir in [*paths, *([("successor", body.successor)] if body.successor else [])]:
        row = locked.get(heir)
        works = row is not None and row.erased_at is None and standing_of(row, held.get(heir, []), tx).roles
        if heir == person_id or not works:
            wrong.append(FieldError(path, "应为另一名在职员工", "Should be another member of staff who works here"))
    if wrong:
        raise HandoverInvalid(fields=wrong)


async def _hand(tx: Tx, work: Work, giver: Row[Any], heir: Row[Any], reason: str) -> None:
    """One thing changes hands, with an entry on it. Raises HandoverInvalid when the heir may not have it."""
    if work.kind == "approval":
        request = await mechanism.find(tx, work.id, lock=True)
        assert request is not None  # requests are never deleted
        after = rules.hand_over(request_of(request), giver.id, heir.id, tx.now)
        await mechanism.act(tx, request, after, "hand_over", reason=reason, to=heir.id)
        return
    assert work.ticket_id is not None  # tickets and calls are of a case
    case = await casework.lock(tx, work.ticket_id)
    assert case is not None  # tickets are never deleted
    if set(heir.units).isdisjoint(case.row.path):
        told = (f"{heir.id} 不管辖 {work.number} 所在小区", f"{heir.id} does not work where {work.number} is")
        raise HandoverInvalid(fields=[FieldError("successor", *told)])
    data = {"from_id": giver.id, "to_id": heir.id, "reason": reason}
    if work.kind == "ticket":
        after_facts = replace(case.facts, assignee_id=heir.id)
        event = {"assignee_id": heir.id, "department": case.facts.department}
        events = [("ticket.dispatched.v1", event)]
        await casework.act(tx, case, after_facts, "hand-over", tx.now, data=data, public=False, events=events)
        await following.follow(tx, case, "hand-over", tx.now, heir.id)
        return
    call = await calls.find(tx, work.id)
    assert call is not None  # calls are never deleted
    forbid_handler(case.facts, heir.id, "revisit")
    await calls.update_revisit(tx, call.id, call.version + 1, {"caller_id": heir.id})
    case.version += 1
    entry = {"ticket_id": case.id, "action": "revisit.hand-over", "state": case.facts.state, "public": False}
    more = {"occurred_at": tx.now, "late_reason": None, "data": {**data, "revisit_id": call.id}}
    await casework.record(tx, case, {**entry, **more})
    tx.audit("revisit.assigned", "revisit", call.id, before={"caller_id": giver.id}, after={"caller_id": heir.id})
