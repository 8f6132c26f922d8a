"""What people do with calls: look, sit down, settle a matter on the spot, call back, open a number."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import ColumnElement, Row

from services.ticketing.calls import recording, repository, return_repository, returns
from services.ticketing.calls.schemas import AttemptIn, EventIn, HandleIn, SeatIn
from services.ticketing.connections.repository import scope_reach
from services.ticketing.domain.affairs import AT_ONCE
from services.ticketing.domain.calls import Call
from services.ticketing.domain.inbound_errors import (
    AffairSettled,
    CallNotAnswered,
    EventChanged,
    EventInvalid,
    NoSuchCall,
    NoSuchReturn,
    ReturnClosed,
)
from services.ticketing.domain.late_entry import entry_time
from services.ticketing.domain.ticket_errors import TicketInvalid
from services.ticketing.models import call_returns, calls
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.http.problem_texts import field_message, field_path


def read_event(body: bytes) -> EventIn:
    """An exchange's event out of the bytes that were signed. Raises EventInvalid, each field named."""
    try:
        return EventIn.model_validate_json(body)
    except ValidationError as problem:
        wrong = [
            FieldError(field_path(e["loc"]), field_message(e, True), field_message(e, False))
            for e in problem.errors()
        ]
        raise EventInvalid(fields=wrong) from problem


async def hear(tx: Tx, connection: Row[Any], body: EventIn) -> tuple[Row[Any], bool]:
    """Record an event once; the call after it, and whether it had come before.

    Raises:
        EventChanged: the same event of the same call came before with another content.
        CallTimesCross: it contradicts what is known of the call.
    """
    digest = hashlib.sha256(body.model_dump_json().encode()).digest()
    # A phone that rings at one desk after the other tells so several times.
    place = f":{body.extension}:{body.rings}" if body.event == "ringing" else ""
    known = await repository.claim(tx, connection.id, f"{body.call_id}:{body.event}{place}", digest)
    if known is not None and bytes(known) != digest:
        raise EventChanged()
    at = {"offered": "offered_at", "ringing": "offered_at", "answered": "answered_at", "ended": "ended_at"}
    call = Call(**{"direction": body.direction, "rings": body.rings, at[body.event]: body.at})  # type: ignore[arg-type]  # names of its fields
    told = recording.Told(body.call_id, call, body.number, body.extension)
    return await recording.record(tx, recording.line_of(connection), told), known is not None


def reach(tx: Tx, who: Principal) -> list[ColumnElement[bool]]:
    """Conditions on the calls that somebody sees."""
    return scope_reach(tx, who, calls.c.community_id, calls.c.org_unit_id)


async def find(tx: Tx, who: Principal, call_id: UUID, *, lock: bool = False) -> Row[Any]:
    """One call. Raises NoSuchCall."""
    row = await repository.one(tx, call_id, reach(tx, who), lock=lock)
    if row is None:
        raise NoSuchCall()
    return row


async def page(
    tx: Tx,
    who: Principal,
    equal: Mapping[str, Any],
    updated_after: datetime | None,
    after: UUID | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Calls within reach, the newest first."""
    conditions = [*reach(tx, who), *(calls.c[n] == v for n, v in equal.items() if v is not None)]
    if updated_after is not None:
        conditions.append(calls.c.updated_at >= updated_after)
    return await repository.page(tx, conditions, after=after, limit=limit)


async def handle(tx: Tx, who: Principal, call_id: UUID, body: HandleIn) -> Row[Any]:
    """The matter was settled in the call itself (B-003).

    Raises:
        NoSuchCall, TicketInvalid.
        CallNotAnswered: nobody spoke.
        AffairSettled: it is on record what became of it.
    """
    row = await find(tx, who, call_id, lock=True)
    if row.outcome != "answered":
        raise CallNotAnswered()
    if row.affair is not None:
        raise AffairSettled()
    at = entry_time(body.occurred_at, tx.now, body.late_reason, not_before=row.answered_at)
    values = {"affair": AT_ONCE, "affair_at": at, "affair_by": who.sub, "affair_subject": body.subject}
    await repository.change(tx, call_id, row.version + 1, values)
    told = {"affair": AT_ONCE, "ticket_id": None, "handled_at": at, "handled_by": who.sub}
    seq, community = row.version + 1, row.community_id
    tx.emit("call.handled.v1", subject=call_id, seq=seq, data=told, occurred_at=at, community_id=community)
    tx.audit("call.handled", "call", call_id, after={"affair": AT_ONCE, "late_reason": body.late_reason})
    return await find(tx, who, call_id)


async def open_contact(tx: Tx, who: Principal, call_id: UUID, reason: str | None) -> dict[str, Any]:
    """Number and name in full; who opened them and why is recorded. In one's own call the call is the reason (D-075).

    Raises:
        NoSuchCall: unknown, or outside the caller's reach.
        TicketInvalid: no reason given for another's call.
    """
    row = await find(tx, who, call_id)
    if row.clerk_id != who.sub and not reason:
        raise TicketInvalid(fields=[FieldError("reason", "请说明查看的原因", "Say why you need it")])
    tx.audit(
        "call.contact_opened",
        "call",
        call_id,
        after={"reason": reason or "own call", "person_id": row.person_id},
    )
    name = await repository.name_of(tx, row.person_id) if row.person_id is not None else None
    return {"number": row.number, "name": name, "person_id": row.person_id}


async def sit_down(tx: Tx, who: Principal, body: SeatIn) -> Row[Any] | None:
    """Sit down at an extension: what rings there pops up for this clerk."""
    await repository.take_seat(tx, who.sub, body.source, body.extension)
    tx.audit("call.seat_taken", "seat", who.sub, after={"source": body.source, "extension": body.extension})
    return await repository.seat_of(tx, who.sub)


async def stand_up(tx: Tx, who: Principal) -> None:
    """Leave the seat; what rings there pops up for nobody."""
    await repository.leave_seat(tx, who.sub)
    tx.audit("call.seat_left", "seat", who.sub)


def _return_reach(tx: Tx, who: Principal) -> list[ColumnElement[bool]]:
    return scope_reach(tx, who, call_returns.c.community_id, call_returns.c.org_unit_id)


async def returns_page(
    tx: Tx,
    who: Principal,
    equal: Mapping[str, Any],
    overdue: bool | None,
    updated_after: datetime | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Missed calls to return within reach, in the order in which they are due."""
    c = call_returns.c
    conditions = [*_return_reach(tx, who), *(c[n] == v for n, v in equal.items() if v is not None)]
    if overdue is not None:
        now = tx.now.replace(microsecond=0)
        late = (c.state == "due") & (c.due_at < now)
        conditions.append(late if overdue else ~late)
    if updated_after is not None:
        conditions.append(c.updated_at >= updated_after)
    return await return_repository.page(tx, conditions, after=after, limit=limit)


async def find_return(tx: Tx, who: Principal, return_id: UUID, *, lock: bool = False) -> Row[Any]:
    """One promise to call back. Raises NoSuchReturn."""
    row = await return_repository.one(tx, return_id, _return_reach(tx, who), lock=lock)
    if row is None:
        raise NoSuchReturn()
    return row


async def attempt(tx: Tx, who: Principal, return_id: UUID, body: AttemptIn) -> Row[Any]:
    """Record a call back by hand; it keeps the promise, whether or not somebody answered.

    Raises:
        NoSuchReturn, ReturnClosed, TicketInvalid.
    """
    row = await find_return(tx, who, return_id, lock=True)
    if row.state != "due":
        raise ReturnClosed()
    at = entry_time(body.occurred_at, tx.now, body.late_reason, not_before=row.missed_at)
    await returns.close(tx, row, at, how="called_back", reached=body.reached, by=who.sub)
    tx.audit("call.returned", "call_return", return_id, after={"reached": body.reached})
    return await find_return(tx, who, return_id)
