"""Recording follow-up calls: never by the handler, never changed, and with what follows for the case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, or_

from services.ticketing.access import sees_unit, within_reach
from services.ticketing.domain.commands import apply, forbid_handler
from services.ticketing.domain.facts import Facts
from services.ticketing.domain.late_entry import entry_time
from services.ticketing.domain.ratings import satisfied
from services.ticketing.domain.revisit_rules import Attempt, Standing, half_days_tried, kept_at, readings, standing
from services.ticketing.domain.ticket_errors import NoSuchRevisit, RevisitDone, RevisitInvalid, RevisitNamed
from services.ticketing.models import revisits, tickets
from services.ticketing.revisits import repository
from services.ticketing.revisits.opening import SOP
from services.ticketing.revisits.schemas import AttemptIn
from services.ticketing.tickets import casework
from services.ticketing.tickets.casework import Case
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError, LostUpdate


async def find(tx: Tx, who: Principal, revisit_id: UUID) -> Row[Any]:
    """One follow-up call.

    Raises:
        NoSuchRevisit: unknown, or outside the caller's reach.
    """
    row = await repository.find(tx, revisit_id)
    if row is None or not sees_unit(who, row.unit_id, row.path):
        raise NoSuchRevisit()
    return row


async def attempts(tx: Tx, revisit_id: UUID) -> Sequence[Row[Any]]:
    """All attempts of a call the caller was shown, in the order of recording."""
    return await repository.attempts_of(tx, revisit_id)


async def page(
    tx: Tx,
    who: Principal,
    *,
    states: Sequence[str],
    community_id: UUID | None,
    ticket_id: UUID | None,
    caller_id: UUID | None,
    overdue: bool | None,
    mine: bool = False,
    updated_after: datetime | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Calls within reach in the order in which they are due."""
    conditions: list[ColumnElement[bool]] = [
        *within_reach(tx, who, community_column=revisits.c.community_id, unit_column=revisits.c.unit_id)
    ]
    if states:
        conditions.append(revisits.c.state.in_(list(states)))
    for name, value in (("community_id", community_id), ("ticket_id", ticket_id), ("caller_id", caller_id)):
        if value is not None:
            conditions.append(revisits.c[name] == value)
    if mine:
        # Calls that the caller could make: not about their own work, and not named for somebody else.
        conditions += [
            tickets.c.handler_id.is_distinct_from(who.sub),
            tickets.c.assignee_id.is_distinct_from(who.sub),
            or_(revisits.c.caller_id.is_(None), revisits.c.caller_id == who.sub),
        ]
    if overdue is not None:
        now = tx.now.replace(microsecond=0)
        late = (revisits.c.state == "due") & (revisits.c.due_at < now)
        conditions.append(late if overdue else or_(revisits.c.state != "due", revisits.c.due_at >= now))
    if updated_after is not None:
        conditions.append(revisits.c.updated_at >= updated_after)
    return await repository.page(tx, conditions, after=after, limit=limit)


async def made_of(tx: Tx, revisit_id: UUID) -> list[Attempt]:
    """The attempts of a call with what was corrected of them."""
    rating = {c.attempt_id: c.rating for c in await repository.corrections_of(tx, revisit_id) if c.rating is not None}
    return [
        Attempt(a.occurred_at, a.outcome, rating.get(a.id, a.rating))
        for a in await repository.attempts_of(tx, revisit_id)
    ]


async def locked(tx: Tx, who: Principal, revisit_id: UUID) -> tuple[Row[Any], Case]:
    """A call and its case, held until the commit.

    Raises:
        NoSuchRevisit: unknown, or outside the caller's reach.
    """
    seen = await find(tx, who, revisit_id)
    # Everything of a case is changed under its ticket's row, so that a call and a command never wait for each other.
    case = await casework.lock(tx, seen.ticket_id)
    assert case is not None
    return await find(tx, who, revisit_id), case


async def assign(tx: Tx, who: Principal, revisit_id: UUID, caller_id: UUID, if_match: int | None) -> Row[Any]:
    """Name who is to call (C-048); never the handler of the case (C-054).

    Raises:
        NoSuchRevisit, LostUpdate, RevisitDone, OwnCase.
    """
    revisit, case = await locked(tx, who, revisit_id)
    if if_match is not None and if_match != revisit.version:
        raise LostUpdate()
    if revisit.state != "due":
        raise RevisitDone(state=revisit.state)
    # row: C-054 whoever did the work is not the one who asks about it
    forbid_handler(case.facts, caller_id, "revisit")
    # row: C-048 the supervisor names who calls
    await repository.update_revisit(tx, revisit.id, revisit.version + 1, {"caller_id": caller_id})
    tx.audit(
        "revisit.assigned",
        "revisit",
        revisit.id,
        before={"caller_id": revisit.caller_id},
        after={"caller_id": caller_id},
    )
    return await find(tx, who, revisit_id)


async def attempt(tx: Tx, who: Principal, revisit_id: UUID, body: AttemptIn) -> Row[Any]:
    """Record one call, decide whether the duty is done (B-013, AMB-088), and reopen the case if the caller says so.

    Raises:
        NoSuchRevisit: unknown, or outside the caller's reach.
        OwnCase: by the handler of the case.
        RevisitNamed: somebody else was named for the call.
        RevisitDone: the owner was reached before, or the call fell away.
        RevisitInvalid, TicketInvalid: a rating without a contact, a reopening without dissatisfaction, or the time.
    """
    revisit, case = await locked(tx, who, revisit_id)
    # row: C-054 whoever did the work is not the one who asks about it
    forbid_handler(case.facts, who.sub, "revisit")
    if revisit.caller_id is not None and revisit.caller_id != who.sub:
        raise RevisitNamed()
    # row: G-017 what was recorded is not recorded anew
    if revisit.state not in ("due", "no_answer"):
        raise RevisitDone(state=revisit.state)
    _check(body, case)
    at = entry_time(body.occurred_at, tx.now, body.late_reason, not_before=revisit.handled_at, zone=case.zone)
    # row: C-049, G-017 each call is a record of its own that does not change
    attempt_id = await repository.add_attempt(
        tx,
        {
            "revisit_id": revisit.id,
            "ticket_id": case.id,
            "outcome": body.outcome,
            "channel": body.channel,
            "rating": body.rating,
            "note": body.note,
            "occurred_at": at,
            "late_reason": body.late_reason,
        },
    )
    made = await made_of(tx, revisit.id)
    now = standing(made, revisit.due_at, case.zone)
    await _record(tx, case, revisit, body, at, now, made, attempt_id)
    if body.reopen:
        after = apply(case.kind, case.facts, "reopen", at, {}, actor_id=who.sub, number=case.row.number)
        data = {"reason": body.note, "revisit_id": revisit.id}
        await casework.act(tx, case, after, "reopen", at, data=data, late_reason=body.late_reason)
    return await find(tx, who, revisit_id)


def _check(body: AttemptIn, case: Case) -> None:
    # row: C-051 a complaint is followed up by phone, not on a visit or in a chat
    if case.kind.revisit is not None and body.channel != "phone":
        raise RevisitInvalid(fields=[FieldError("channel", "投诉须电话回访", "A complaint is followed up by phone")])
    if body.rating is not None and body.outcome != "reached":
        raise RevisitInvalid(
            fields=[FieldError("rating", "只有接通的回访才有评分", "Only a call that reached the owner has a rating")]
        )
    if body.reopen and (body.rating is None or satisfied(body.rating)):
        raise RevisitInvalid(
            fields=[FieldError("reopen", "业主不满意时才能重新处理", "Only a dissatisfied owner's case is sent back")]
        )
    if body.reopen and not body.note:
        raise RevisitInvalid(
            fields=[FieldError("note", "请写明业主不满意的原因", "Say what the owner is dissatisfied with")]
        )


async def _record(
    tx: Tx,
    case: Case,
    revisit: Row[Any],
    body: AttemptIn,
    at: datetime,
    now: Standing,
    made: list[Attempt],
    attempt_id: UUID,
) -> None:
    case.version += 1
    data = {"revisit_id": revisit.id, "outcome": body.outcome, "rating": body.rating, "note": body.note}
    entry = {
        "ticket_id": case.id,
        "action": "revisit",
        "state": case.facts.state,
        "public": False,
        "occurred_at": at,
        "late_reason": body.late_reason,
        "data": data,
    }
    await casework.record(tx, case, entry)
    if case.kind.revisit is not None:
        await casework.start_or_stop(tx, case, revisit.id, case.kind.revisit, clock_facts(case, revisit, made))
    elif now.state != "due":
        tx.cancel_timer(SOP, revisit.id)
    told = {
        "revisit_id": revisit.id,
        "ticket_id": case.id,
        "attempt_id": attempt_id,
        "outcome": body.outcome,
        "channel": body.channel,
        "attempted_at": at,
        "attempts": len(made),
        "half_days": half_days_tried(made, case.zone),
    }
    casework.emit(tx, case, "revisit.attempted.v1", told, at)
    values: dict[str, Any] = {"attempts": len(made)}
    if now.state != revisit.state or now.on_time != revisit.on_time:
        values |= result_of(now)
        tell_done(tx, case, revisit, now, made)
    await repository.update_revisit(tx, revisit.id, revisit.version + 1, values)
    tx.audit("revisit.attempted", "revisit", revisit.id, before={"state": revisit.state}, after={**data, **values})


def result_of(now: Standing) -> dict[str, Any]:
    """The columns that say how a call ended."""
    return {
        "state": now.state,
        "done_at": now.done_at,
        "on_time": now.on_time,
        "rating": now.rating,
        "satisfied": None if now.rating is None else satisfied(now.rating),
    }


def tell_done(tx: Tx, case: Case, revisit: Row[Any], now: Standing, made: Sequence[Attempt]) -> None:
    """Say how a call ended, in each way in which a letter may read it (AMB-088)."""
    ended = result_of(now)
    data = {
        "revisit_id": revisit.id,
        "ticket_id": case.id,
        "outcome": ended.pop("state"),
        "due_at": revisit.due_at,
        "readings": readings(made, revisit.due_at, case.zone, tx.now),
        **ended,
    }
    casework.emit(tx, case, "revisit.done.v1", data, now.done_at)


def clock_facts(case: Case, revisit: Row[Any], made: Sequence[Attempt]) -> Facts:
    """The case as the call's clock sees it: from its own completion to what stops it."""
    gone = revisit.state == "cancelled"
    return replace(
        case.facts,
        completed_at=None if gone else revisit.handled_at,
        contacted_at=kept_at(made, case.zone),
    )
