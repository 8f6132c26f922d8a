"""Recording visits, what became of them, and sampled observations of the greeting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row

from services.ticketing.access import community, unit, within_reach
from services.ticketing.domain.inbound_errors import AffairSettled, AlreadyObserved, NoSuchVisit, VisitInvalid
from services.ticketing.domain.late_entry import entry_time
from services.ticketing.domain.visits import faults_of, forbid_own
from services.ticketing.errors import NoSuchPerson, NoSuchUnit
from services.ticketing.models import visits
from services.ticketing.visits import repository
from services.ticketing.visits.schemas import VisitHandleIn, VisitIn
from shared.auth import Principal
from shared.db.tx import Tx
from shared.ids import uuid7


def reach(tx: Tx, who: Principal) -> list[ColumnElement[bool]]:
    """Conditions on the visits that somebody sees."""
    return within_reach(tx, who, community_column=visits.c.community_id)


async def receive(tx: Tx, who: Principal, body: VisitIn) -> Row[Any]:
    """Record a visit, and what became of it when that is known already.

    Raises:
        NoSuchCommunity, NoSuchUnit, NoSuchPerson: unknown, or outside the caller's reach.
        VisitInvalid, TicketInvalid: the outcome without its result, the time, or no reason for telling it late.
    """
    if wrong := faults_of(body.affair, body.result, body.department):
        raise VisitInvalid(fields=wrong)
    at = entry_time(body.occurred_at, tx.now, body.late_reason)
    place = await community(tx, who, body.community_id)
    if body.unit_id is not None and (await unit(tx, who, body.unit_id)).community.id != place.id:
        raise NoSuchUnit()
    if body.person_id is not None and not await repository.lives_here(tx, body.person_id, place.id):
        raise NoSuchPerson()
    id = uuid7()
    settled = body.affair is not None
    row = {
        **body.model_dump(exclude={"occurred_at"}),
        "id": id,
        # row: C-038, AMB-011 a visit is recorded by whoever received it
        "received_at": at,
        "received_by": who.sub,
        "affair_at": at if settled else None,
        "affair_by": who.sub if settled else None,
    }
    await repository.add(tx, row)
    data = {"received_at": at, "received_by": who.sub, "unit_id": body.unit_id}
    tx.emit("visit.received.v1", subject=id, seq=1, data=data, occurred_at=at, community_id=place.id)
    tx.audit("visit.received", "visit", id, after={**data, "late_reason": body.late_reason})
    found = await find(tx, who, id)
    if settled:
        _handled(tx, who, found, 1, str(body.affair), at)
    return found


async def handle(tx: Tx, who: Principal, visit_id: UUID, body: VisitHandleIn) -> Row[Any]:
    """Record what became of a visit's matter.

    Raises:
        NoSuchVisit, VisitInvalid, TicketInvalid.
        AffairSettled: that is on record already.
    """
    row = await find(tx, who, visit_id, lock=True)
    if row.affair is not None:
        raise AffairSettled()
    if wrong := faults_of(body.affair, body.result, body.department):
        raise VisitInvalid(fields=wrong)
    at = entry_time(body.occurred_at, tx.now, body.late_reason, not_before=row.received_at)
    values: dict[str, Any] = {"affair": body.affair, "affair_at": at, "affair_by": who.sub}
    values |= {"result": body.result, "department": body.department}
    await repository.change(tx, row, values)
    _handled(tx, who, row, row.version + 1, body.affair, at)
    tx.audit("visit.handled", "visit", visit_id, after={"affair": body.affair, "late_reason": body.late_reason})
    return await find(tx, who, visit_id)


def _handled(tx: Tx, who: Principal, row: Row[Any], version: int, affair: str, at: datetime) -> None:
    tx.emit(
        "visit.handled.v1",
        subject=row.id,
        seq=version,
        data={"affair": affair, "ticket_id": None, "handled_at": at, "handled_by": who.sub},
        occurred_at=at,
        community_id=row.community_id,
    )


async def observe(tx: Tx, who: Principal, visit_id: UUID, greeted: bool) -> Row[Any]:
    """Record a sampled observation of the greeting (B-002).

    Raises:
        NoSuchVisit.
        OwnVisit: by whoever received the visitor.
        AlreadyObserved: one for each visit.
    """
    row = await find(tx, who, visit_id, lock=True)
    forbid_own(row.received_by, who.sub)
    if row.greeted is not None:
        raise AlreadyObserved()
    await repository.change(tx, row, {"greeted": greeted, "observed_at": tx.now, "observed_by": who.sub})
    data = {"greeted": greeted, "observed_at": tx.now, "received_by": row.received_by}
    version, place = row.version + 1, row.community_id
    tx.emit("visit.observed.v1", subject=visit_id, seq=version, data=data, community_id=place)
    tx.audit("visit.observed", "visit", visit_id, after={"greeted": greeted})
    return await find(tx, who, visit_id)


async def find(tx: Tx, who: Principal, visit_id: UUID, *, lock: bool = False) -> Row[Any]:
    """One visit. Raises NoSuchVisit."""
    row = await repository.one(tx, visit_id, reach(tx, who), lock=lock)
    if row is None:
        raise NoSuchVisit()
    return row


async def page(
    tx: Tx,
    who: Principal,
    equal: Mapping[str, Any],
    updated_after: datetime | None,
    after: UUID | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Visits within reach, the newest record first."""
    conditions = [*reach(tx, who), *(visits.c[n] == v for n, v in equal.items() if v is not None)]
    if updated_after is not None:
        conditions.append(visits.c.updated_at >= updated_after)
    return await repository.page(tx, conditions, after=after, limit=limit)
