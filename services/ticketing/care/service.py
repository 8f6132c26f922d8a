"""Plans of regular calls, the rounds they open, and what each household said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row

from services.ticketing import access
from services.ticketing.assignments.repository import org_unit
from services.ticketing.care import repository
from services.ticketing.care.repository import Key
from services.ticketing.care.schemas import AttemptIn, PlanIn
from services.ticketing.domain.care import DUE, OUTCOMES, begins_on, due_at, fits, midnight
from services.ticketing.domain.clocks import fire_at
from services.ticketing.domain.late_entry import entry_time
from services.ticketing.domain.round_errors import (
    CareCallDone,
    CareInvalid,
    CarePlanEnded,
    NoSuchCareCall,
    NoSuchCarePlan,
)
from services.ticketing.domain.ticket_errors import TicketInvalid
from services.ticketing.errors import NoSuchOrgUnit, NoSuchPerson
from services.ticketing.models import care_calls, org_units
from services.ticketing.places.service import below
from services.ticketing.tickets.intake import create
from services.ticketing.tickets.schemas import TicketIn
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.ids import uuid7

OPEN: Final = "care.open"
CLOSE: Final = "care.close"
_ZONE: Final = access.zone_of("Asia/Shanghai")


async def plan(tx: Tx, who: Principal, body: PlanIn) -> Row[Any]:
    """Put a plan in force; its first round begins on its day, or now where that has begun.

    Raises:
        NoSuchOrgUnit. CareInvalid: a round would not be over before the next begins.
    """
    place = await org_unit(tx, body.org_unit_id)
    if place is None or not who.sees(place.path):
        raise NoSuchOrgUnit()
    if not fits(body.every_months, body.due_days):
        told = ("一轮须在下一轮开始前结束", "A round has to be over before the next one begins")
        raise CareInvalid(fields=[FieldError("due_days", *told)])
    if body.starts_on < tx.now.astimezone(_ZONE).date():
        raise CareInvalid(fields=[FieldError("starts_on", "不能早于今天", "Not before today")])
    id = uuid7()
    row = {"id": id, "round": 0, "made_by": who.sub, "ended_at": None, **body.model_dump()}
    await repository.add(tx, row)
    tx.set_timer(OPEN, id, max(midnight(body.starts_on, _ZONE), tx.now))
    tx.audit("care_plan.made", "care_plan", id, after=body.model_dump(mode="json"))
    return await find(tx, who, id)


async def end(tx: Tx, who: Principal, id: UUID) -> Row[Any]:
    """End a plan: no further round; the one under way goes on to its end. Raises NoSuchCarePlan, CarePlanEnded."""
    row = await find(tx, who, id, lock=True)
    if row.ended_at is not None:
        raise CarePlanEnded()
    await repository.change(tx, row, {"ended_at": tx.now})
    tx.cancel_timer(OPEN, id)
    tx.audit("care_plan.ended", "care_plan", id)
    return await find(tx, who, id)


async def find(tx: Tx, who: Principal, id: UUID, *, lock: bool = False) -> Row[Any]:
    """One plan. Raises NoSuchCarePlan: unknown, or of an org unit outside the caller's reach."""
    row = await repository.one(tx, id, lock=lock)
    if row is None or not who.sees(row.path):
        raise NoSuchCarePlan()
    return row


async def plans(tx: Tx, who: Principal, after: UUID | None, limit: int) -> Sequence[Row[Any]]:
    """Plans within reach."""
    everything = access.sees_everything(tx, who)
    conditions: list[ColumnElement[bool]] = [] if everything else [access.under_units(who, org_units.c.path)]
    return await repository.plans(tx, conditions, after, limit)


async def begin(tx: Tx, plan_id: UUID) -> None:
    """A round begins: every occupied household is due, and the next round has its day."""
    row = await repository.one(tx, plan_id, lock=True)
    if row is None or row.ended_at is not None:
        return
    round = row.round + 1
    day = begins_on(row.starts_on, row.every_months, round)
    if midnight(day, _ZONE) > tx.now:
        return  # fired twice: this round's day is still to come
    due = due_at(day, row.due_days, _ZONE)
    # row: C-053 in each round every household is called on
    households = await repository.open_round(tx, row, round, day, due, below(row.org_unit_id))
    version = await repository.change(tx, row, {"round": round})
    data = {"round": round, "households": households, "due_at": due}
    tx.emit("care.round_opened.v1", subject=plan_id, seq=version, data=data)
    tx.set_timer(CLOSE, plan_id, max(fire_at(due), tx.now))
    # row: C-053 and the next round comes by itself, so many months later
    tx.set_timer(OPEN, plan_id, midnight(begins_on(row.starts_on, row.every_months, round + 1), _ZONE))


async def close(tx: Tx, plan_id: UUID) -> None:
    """The days of a round are over: who was not called on by now was missed, and whoever leads hears how many."""
    row = await repository.one(tx, plan_id, lock=True)
    if row is None or not row.round:
        return
    figures = await repository.close_round(tx, plan_id, row.round)
    version = await repository.change(tx, row, {})
    data = {"round": row.round, **figures, "role": "supervisor", "org_units": list(row.path)}
    tx.emit("care.round_closed.v1", subject=plan_id, seq=version, data=data)


async def attempt(tx: Tx, who: Principal, key: Key, body: AttemptIn) -> tuple[Row[Any], UUID | None]:
    """Record a try at a household; a need that was heard becomes a ticket with it.

    Raises:
        NoSuchCareCall. CareCallDone: reached or refused before. NoSuchPerson: nobody of this household.
        CareInvalid: words of somebody who was not reached, or a need that no ticket can be of.
        TicketInvalid: the time.
    """
    reach = access.within_reach(tx, who, community_column=care_calls.c.community_id)
    row = await repository.call(tx, key, reach, lock=True)
    if row is None:
        raise NoSuchCareCall()
    if row.state not in (DUE, "missed"):
        raise CareCallDone()
    if body.outcome != "reached" and (body.satisfied is not None or body.need is not None):
        told = ("未接通时不能填写满意度或需求", "Somebody who was not reached said nothing")
        raise CareInvalid(fields=[FieldError("outcome", *told)])
    if body.person_id is not None and not await repository.lives_in(tx, body.person_id, row.unit_id):
        raise NoSuchPerson()
    at = entry_time(body.occurred_at, tx.now, body.late_reason)
    plan = await repository.one(tx, row.plan_id, lock=True)
    assert plan is not None  # its calls refer to it
    ticket_id = await _need(tx, who, row, plan.channel, at, body) if body.need is not None else None
    after = OUTCOMES[body.outcome]
    state = row.state if after == DUE or at > row.due_at else after  # told late, but done in time, is done
    values: dict[str, Any] = {"attempts": min(row.attempts + 1, 30_000), "note": body.note or row.note}
    if after != DUE:
        values |= {"satisfied": body.satisfied, "person_id": body.person_id, "done_at": at, "done_by": who.sub}
    await repository.change_call(tx, key, {**values, "state": state})
    if after != DUE:
        data = {"round": row.round, "unit_id": row.unit_id, "outcome": body.outcome, "satisfied": body.satisfied}
        version = await repository.change(tx, plan, {})
        data |= {"ticket_id": ticket_id, "done_at": at}
        tx.emit("care.call_done.v1", subject=plan.id, seq=version, data=data, community_id=row.community_id)
    tx.audit("care_call.attempt", "unit", row.unit_id, after={"outcome": body.outcome, "round": row.round})
    found = await repository.call(tx, key, reach)
    assert found is not None  # written above
    return found, ticket_id


async def _need(tx: Tx, who: Principal, row: Row[Any], channel: str, at: datetime, body: AttemptIn) -> UUID:
    assert body.need is not None
    told = {"community_id": row.community_id, "unit_id": row.unit_id, "channel": channel, "occurred_at": at}
    contact = {"person_id": body.person_id} if body.person_id is not None else None
    try:
        made = await create(
            tx, who, TicketIn(**told, **body.need.model_dump(), contact=contact, late_reason=body.late_reason)
        )
    except TicketInvalid as refused:
        wrong = [FieldError(f"need.{fault.path}", fault.zh, fault.en) for fault in refused.fields]
        raise CareInvalid(fields=wrong) from refused
    id: UUID = made["id"]
    return id


async def calls(
    tx: Tx,
    who: Principal,
    plan_id: UUID | None,
    community_id: UUID | None,
    state: str | None,
    after: Key | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Households within reach."""
    conditions = access.within_reach(tx, who, community_column=care_calls.c.community_id)
    for name, value in (("plan_id", plan_id), ("community_id", community_id), ("state", state)):
        if value is not None:
            conditions.append(care_calls.c[name] == value)
    return await repository.calls(tx, conditions, after, limit)
