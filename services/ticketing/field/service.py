"""Commands around the work: each under the ticket's lock, an entry of its history, and an event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row

from services.ticketing.access import within_reach
from services.ticketing.domain.commands import apply
from services.ticketing.domain.deeds import plain
from services.ticketing.domain.facts import Facts
from services.ticketing.domain.field_errors import AlreadyDone, WorkNotDone, WorkOver
from services.ticketing.domain.field_names import FIELD_NAMES
from services.ticketing.domain.late_entry import entry_time
from services.ticketing.domain.register import SIGNS
from services.ticketing.domain.ticket_errors import OwnCase, TicketInvalid
from services.ticketing.domain.ticket_events import events_of
from services.ticketing.field import repository
from services.ticketing.field.schemas import AcceptWorkIn, AppointmentIn, ChaseIn, ReturnSlipIn, ReviewIn
from services.ticketing.models import repeat_faults, tickets
from services.ticketing.revisits import opening
from services.ticketing.tickets import attachments, casework, relating, service
from services.ticketing.tickets.casework import Case
from services.ticketing.tickets.schemas import Told
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError


def _at(tx: Tx, case: Case, told: Told, not_before: datetime | None = None) -> datetime:
    first = not_before or case.facts.received_at
    return entry_time(told.occurred_at, tx.now, told.late_reason, not_before=first, zone=case.zone)


def _forbid_over(case: Case) -> None:
    facts = case.facts
    if facts.completed_at is not None or facts.closed_at is not None or facts.cancelled:
        raise WorkOver()


def _done_at(case: Case) -> datetime:
    if case.facts.completed_at is None or case.facts.cancelled:
        raise WorkNotDone()
    return case.facts.completed_at


async def _once(tx: Tx, case: Case, action: str) -> None:
    """Raises AlreadyDone when it was done for this round of work."""
    if await repository.told(tx, case.id, action, case.facts.rounds):
        zh, en = FIELD_NAMES[action]
        raise AlreadyDone(what_zh=zh, what_en=en)


async def appoint(tx: Tx, who: Principal, ticket_id: UUID, body: AppointmentIn, if_match: int | None) -> Row[Any]:
    """An owner proposes a time, staff agree one or move it; every one of them stays in the history.

    Raises:
        NoSuchTicket, LostUpdate.
        WorkOver: done, closed or cancelled.
        TicketInvalid: a time that is past, or a move without a reason.
    """
    case = await service.locked(tx, who, ticket_id, if_match)
    _forbid_over(case)
    was = case.facts.appointment
    if body.at <= tx.now:
        raise TicketInvalid(fields=[FieldError("at", "预约时间须晚于现在", "The appointment must lie ahead")])
    if was is not None and not who.is_resident and not body.reason:
        raise TicketInvalid(fields=[FieldError("reason", "请说明改期的原因", "Say why it is moved")])
    at = _at(tx, case, body)
    appointment = body.at.replace(microsecond=0)
    data = {"appointment": appointment, "was": was, "reason": body.reason}
    if who.is_resident:
        events = [("ticket.appointment_proposed.v1", {"ticket_id": case.id, "appointment": appointment})]
        action, after = "appointment.propose", case.facts
    else:
        # row: B-020 what was missed before the move is found first, and a missed promise stays missed
        await casework.tick(tx, case, case.id, case.kind.clocks, case.facts)
        case = await service.locked(tx, who, ticket_id)
        told = {"ticket_id": case.id, "appointment": appointment, "was": was}
        events = [("ticket.appointment_set.v1", told)]
        # row: C-003 the agreed time goes with the case, and its clock runs to it
        action, after = "appointment.set", replace(case.facts, appointment=appointment)
    await casework.act(
        tx, case, after, action, at, data=data, late_reason=body.late_reason, public=True, events=events
    )
    return await service.again(tx, ticket_id)


async def accept_work(
    tx: Tx, who: Principal, ticket_id: UUID, body: AcceptWorkIn, if_match: int | None
) -> Row[Any]:
    """The owner or a checker finds the work good, or sends it back to be done again.

    Raises:
        NoSuchTicket, LostUpdate, MayNotDecide.
        WorkNotDone, AlreadyDone: before its completion, or twice in a round.
        OwnCase: by whoever did the work.
        TicketInvalid: sent back without a reason, or the time.
    """
    case = await service.locked(tx, who, ticket_id, if_match)
    done_at = _done_at(case)
    # row: C-008 whoever did the work does not accept it
    if who.sub in (case.facts.handler_id, case.facts.assignee_id):
        raise OwnCase(action_zh="质量验收", action_en="quality checked")
    await relating.forbid_without(tx, who, case.row, SIGNS)
    if not body.accepted and not body.reason:
        raise TicketInvalid(fields=[FieldError("reason", "请说明需返工的原因", "Say why it is to be done again")])
    await _once(tx, case, "accept-work")
    at = _at(tx, case, body, done_at)
    verdict = {
        "ticket_id": case.id,
        "accepted": body.accepted,
        "by": "owner" if who.is_resident else "checker",
        "round": case.facts.rounds,
        "checked_at": at,
    }
    data = {"round": case.facts.rounds, "accepted": body.accepted, "reason": body.reason, "by": verdict["by"]}
    event = ("ticket.accepted.v1", verdict)
    await casework.act(
        tx, case, case.facts, "accept-work", at, data=data, late_reason=body.late_reason, public=True, events=[event]
    )
    if not body.accepted:
        # row: C-008 work that is not accepted is done again
        after = apply(case.kind, case.facts, "reopen", at, {}, actor_id=who.sub, number=case.row.number)
        again = {"reason": body.reason, "rework": True}
        events = events_of("reopen", after, at)
        await casework.act(
            tx, case, after, "reopen", at, data=again, late_reason=body.late_reason, events=events
        )
        await opening.cancel_due(tx, case)
    return await service.again(tx, ticket_id)


async def return_slip(
    tx: Tx, who: Principal, ticket_id: UUID, body: ReturnSlipIn, if_match: int | None
) -> Row[Any]:
    """The work slip of this round was collected, on paper or as a scan.

    Raises: NoSuchTicket, LostUpdate, WorkNotDone, AlreadyDone, TicketInvalid (a scan without a file, or the time).
    """
    case = await service.locked(tx, who, ticket_id, if_match)
    done_at = _done_at(case)
    # row: C-006, E-002 the slip is collected once the work is done, and once
    await _once(tx, case, "return-slip")
    if body.method == "scanned" and not body.attachments:
        zh, en = "请上传任务单扫描件", "Upload the scan of the slip"
        raise TicketInvalid(fields=[FieldError("attachments", zh, en)])
    at = _at(tx, case, body, done_at)
    if body.attachments:
        await attachments.add(tx, who, case, body.attachments, public=False)
    told = {"ticket_id": case.id, "returned_at": at, "round": case.facts.rounds, "method": body.method}
    files = [str(id) for id in body.attachments]
    data = {"round": case.facts.rounds, "method": body.method, "attachments": files}
    await _note(tx, case, "return-slip", at, data, body, ("ticket.slip_returned.v1", told))
    return await service.again(tx, ticket_id)


async def chase(tx: Tx, who: Principal, ticket_id: UUID, body: ChaseIn, if_match: int | None) -> Row[Any]:
    """Whoever has the case was chased. Raises NoSuchTicket, LostUpdate, WorkOver, TicketInvalid."""
    case = await service.locked(tx, who, ticket_id, if_match)
    _forbid_over(case)
    at = _at(tx, case, body)
    # row: C-005 each chasing is a line of its own, and they are counted
    times = await repository.told(tx, case.id, "chase") + 1
    told = {"ticket_id": case.id, "times": times, "assignee_id": case.facts.assignee_id}
    await _note(tx, case, "chase", at, {"note": body.note, "times": times}, body, ("ticket.chased.v1", told))
    return await service.again(tx, ticket_id)


async def review(tx: Tx, who: Principal, ticket_id: UUID, body: ReviewIn, if_match: int | None) -> Row[Any]:
    """A supervisor read the record and marks it. Raises NoSuchTicket, LostUpdate, TicketInvalid."""
    case = await service.locked(tx, who, ticket_id, if_match)
    at = _at(tx, case, body)
    told = {"ticket_id": case.id, "reviewed_at": at}
    known = case.facts.time("reviewed_at")
    # row: B-033 the first reading stops the clock of the review; later ones are marks beside it
    after = replace(case.facts, fields={**case.facts.fields, "reviewed_at": plain(min(at, known or at))})
    # row: C-014 the mark stands on the record, with who made it and when
    await _note(tx, case, "review", at, {"note": body.note}, body, ("ticket.reviewed.v1", told), after)
    return await service.again(tx, ticket_id)


async def _note(
    tx: Tx,
    case: Case,
    action: str,
    at: datetime,
    data: dict[str, Any],
    told: Told,
    event: tuple[str, dict[str, Any]],
    after: Facts | None = None,
) -> None:
    await casework.act(
        tx, case, after or case.facts, action, at, data=data, late_reason=told.late_reason, public=False, events=[event]
    )


async def repeats_of(tx: Tx, who: Principal, ticket_id: UUID) -> Sequence[Row[Any]]:
    """The earlier cases of the same fault. Raises NoSuchTicket."""
    await service.find(tx, who, ticket_id)
    return await repository.repeats(tx, [repeat_faults.c.ticket_id == ticket_id], None, 200)


async def repeats(
    tx: Tx, who: Principal, community_id: UUID | None, after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Repeated faults within reach, the newest first."""
    conditions: list[ColumnElement[bool]] = [
        *within_reach(tx, who, community_column=repeat_faults.c.community_id, unit_column=tickets.c.unit_id)
    ]
    if community_id is not None:
        conditions.append(repeat_faults.c.community_id == community_id)
    return await repository.repeats(tx, conditions, after, limit)
