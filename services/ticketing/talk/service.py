"""Replies, urging, taking a reply back: written like every change of a case, under its lock."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.domain.commands import apply
from services.ticketing.domain.talk import TAKEN_BACK_WITHIN, answers, check_urge
from services.ticketing.domain.ticket_errors import NoSuchReply, ReplyRead, TicketInvalid
from services.ticketing.domain.ticket_events import events_of
from services.ticketing.talk import repository
from services.ticketing.talk.schemas import ReplyIn, ReplyOut, UrgeIn, UrgeOut
from services.ticketing.tickets import attachments, casework, service
from services.ticketing.tickets import repository as tickets
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError


async def reply(tx: Tx, who: Principal, ticket_id: UUID, body: ReplyIn) -> ReplyOut:
    """Say something that owner and staff both read.

    A reply of staff is a response only when they say so (``responds``), and never when no person wrote it.

    Raises:
        NoSuchTicket, NotNow: as for every command.
        TicketInvalid: the time, the files, or an owner's or machine's reply that claims to be the response.
    """
    case = await service.locked(tx, who, ticket_id)
    at = service.happened(tx, case, "follow-up-note", body)
    if body.responds and not answers(not who.is_resident, body.automatic, body.responds):
        wrong = ("只有员工的人工回复才能算作响应", "Only a reply that an employee wrote can count as the response")
        raise TicketInvalid(fields=[FieldError("responds", *wrong)])
    given = {"by_owner": who.is_resident or body.automatic}
    # What no person wrote, and what the owner adds, is no follow-up of ours.
    after = apply(case.kind, case.facts, "follow-up-note", at, given, actor_id=who.sub, number=case.row.number)
    events: list[tuple[str, dict[str, Any]]] = []
    first = case.facts.responded_at
    # row: B-007 the response is a person's reply that says so; the earliest one counts
    if responded := body.responds and (first is None or at < first):
        after = apply(case.kind, after, "respond", at, {}, actor_id=who.sub, number=case.row.number, zone=case.zone)
        events += events_of("respond", after, at)
    if body.attachments:
        await attachments.add(tx, who, case, body.attachments, public=True)
    flags = {"by_owner": who.is_resident, "automatic": body.automatic, "responded": responded}
    said = {"text": body.text, "attachments": [str(id) for id in body.attachments], **flags, **body.on_paper()}
    events.append(("ticket.replied.v1", {**flags, "replied_at": at, "assignee_id": after.assignee_id}))
    await casework.act(
        tx, case, after, "reply", at, data=said, late_reason=body.late_reason, public=True, events=events
    )
    _, written = await repository.last(tx, ticket_id, "reply")
    assert written is not None
    return present_reply(written)


def present_reply(row: Row[Any]) -> ReplyOut:
    """A reply as it stands in the history."""
    times = {"occurred_at": row.occurred_at, "recorded_at": row.recorded_at}
    said = {name: row.data[name] for name in ("text", "attachments", "by_owner", "automatic", "responded")}
    return ReplyOut(id=row.id, ticket_id=row.ticket_id, **said, **times)


async def urge(tx: Tx, who: Principal, ticket_id: UUID, body: UrgeIn) -> UrgeOut:
    """Urge a case: it is counted and told to who works on it and to who leads; no clock and no state moves.

    Raises:
        NoSuchTicket. NothingToUrge: the work is done. UrgedAlready: a short while ago.
    """
    case = await service.locked(tx, who, ticket_id)
    every = case.plan.habits.urge_every
    times, newest = await repository.last(tx, ticket_id, "urge")
    last = newest.recorded_at if newest is not None else None
    check_urge(case.kind, case.facts, last, tx.now, every, case.row.number)
    times += 1
    data: dict[str, Any] = {"times": times, "by_owner": who.is_resident}
    told = {
        "times": times,
        "urged_at": tx.now,
        "by_owner": who.is_resident,
        "assignee_id": case.facts.assignee_id,
        "level": 1,
        "role": "supervisor",
        "org_units": list(case.row.path),
    }
    events = [("ticket.urged.v1", told)]
    if body.note:
        data["note"] = body.note
    await casework.act(tx, case, case.facts, "urge", tx.now, data=data, public=True, events=events)
    return UrgeOut(ticket_id=ticket_id, times=times, urged_at=tx.now, next_at=tx.now + every)


async def withdraw(tx: Tx, who: Principal, ticket_id: UUID, reply_id: UUID, reason: str | None) -> None:
    """Take one's own reply back shortly after it was sent; that there was one stays visible.

    The history itself never changes: the line stays, and is shown without its words from now on.

    Raises:
        NoSuchTicket. NoSuchReply: unknown, another's, or taken back already.
        ReplyRead: too long ago, or it was the response, which stays on record.
    """
    case = await service.locked(tx, who, ticket_id)
    row = await repository.reply(tx, ticket_id, reply_id)
    if row is None or row.actor_id != who.sub or reply_id in await tickets.replies_taken_back(tx, ticket_id):
        raise NoSuchReply()
    # What counted as the response is evidence of a promise kept: it cannot be unsaid.
    if row.data["responded"] or tx.now > row.recorded_at + TAKEN_BACK_WITHIN:
        raise ReplyRead(minutes=int(TAKEN_BACK_WITHIN.total_seconds() // 60))
    if files := [UUID(id) for id in row.data["attachments"]]:
        await attachments.hide(tx, case, files)
    data = {"reply_id": str(reply_id), **({"reason": reason} if reason else {})}
    events = [("ticket.reply_withdrawn.v1", {"reply_id": reply_id, "by_owner": who.is_resident})]
    await casework.act(tx, case, case.facts, "withdraw-reply", tx.now, data=data, public=True, events=events)
