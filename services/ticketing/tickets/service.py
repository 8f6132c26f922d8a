"""Commands on tickets: load under lock, decide in the domain, write everything that follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.domain.actors import check_actor, check_major
from services.ticketing.domain.commands import apply, next_state, not_before
from services.ticketing.domain.late_entry import entry_time
from services.ticketing.domain.plans import Plan
from services.ticketing.domain.register import RATES, SIGNS
from services.ticketing.domain.signatures import canonical, document_hash
from services.ticketing.domain.ticket_errors import (
    DocumentChanged,
    NoSuchTicket,
    TicketInvalid,
    WrongSigner,
)
from services.ticketing.domain.ticket_events import noted_events, signed_events
from services.ticketing.orders import following
from services.ticketing.personal.openings import opened
from services.ticketing.policies import plans
from services.ticketing.revisits import opening
from services.ticketing.slips import settling
from services.ticketing.tickets import (
    attachments,
    casework,
    entries_shown,
    pause_repository,
    pausing,
    persons,
    relating,
    repository,
    signing,
)
from services.ticketing.tickets import signatures as signed
from services.ticketing.tickets.casework import Case
from services.ticketing.tickets.entries_shown import Line
from services.ticketing.tickets.schemas import SignIn, Told
from services.ticketing.tickets.shown import is_theirs
from services.ticketing.tickets.signatures import Signed
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError, LostUpdate

#: What a resident needs in their relation to the unit for these (architecture §3).
_RELATION_POWER = {"sign": SIGNS, "refuse-signature": SIGNS, "rate": RATES, "cancel": SIGNS}


async def sees(tx: Tx, who: Principal, row: Row[Any]) -> bool:
    """Whether a ticket is within the caller's reach: staff by scope, residents as its reporter or by their unit.

    Of a unit residents reach what was reported in their own time there, not what the household before them reported.
    """
    if not who.is_resident:
        return who.sees(row.path)
    return await is_theirs(tx, who, row.reporter_id, row.unit_id, row.received_at)


async def find(tx: Tx, who: Principal, ticket_id: UUID) -> Row[Any]:
    """One ticket with its community's path and zone.

    Raises:
        NoSuchTicket: unknown, or outside the caller's reach.
    """
    row = await repository.find(tx, ticket_id)
    if row is None or not await sees(tx, who, row):
        raise NoSuchTicket()
    return row


async def locked(tx: Tx, who: Principal, ticket_id: UUID, if_match: int | None = None) -> Case:
    """The ticket for a change: nobody else changes it until the commit.

    Raises:
        NoSuchTicket: unknown, or outside the caller's reach.
        LostUpdate: ``if_match`` names a version that is no longer the present one.
    """
    case = await casework.lock(tx, ticket_id)
    if case is None or not await sees(tx, who, case.row):
        raise NoSuchTicket()
    if if_match is not None and if_match != case.version:
        raise LostUpdate()
    return case


def happened(tx: Tx, case: Case, action: str, told: Told) -> datetime:
    """When the command's deed was done, checked against the case. Raises NotNow, TicketInvalid."""
    next_state(case.kind, case.facts.state, action, case.row.number)
    return entry_time(
        told.occurred_at,
        tx.now,
        told.late_reason,
        not_before=not_before(case.facts, action),
        zone=case.zone,
    )


async def command(
    tx: Tx, who: Principal, ticket_id: UUID, action: str, body: Told, if_match: int | None
) -> Row[Any]:
    """Carry out one command and return the ticket after it.

    Raises:
        NoSuchTicket, LostUpdate: see :func:`locked`.
        NotNow: not possible in the present state.
        TicketInvalid: the time, the reason or a field is not valid.
        OwnCase, MayNotDecide, NotYourDeed, MajorByDecision, and what else the action itself refuses.
    """
    case = await locked(tx, who, ticket_id, if_match)
    at = happened(tx, case, action, body)
    check_actor(case.kind, action, who.roles)
    await _check_relation(tx, who, case, action)
    args = body.model_dump(exclude={"occurred_at", "late_reason"}, exclude_none=True)
    check_major(case.kind, case.facts, args)
    facts_args, public, events = args, None, None
    # row: B-007 a machine's receipt is noted and answers nobody
    if action == "respond" and (args.pop("automatic", False) or not who.is_staff):
        await casework.act(tx, case, case.facts, "acknowledge", at, data=args, late_reason=body.late_reason)
        return await again(tx, ticket_id)
    if action == "follow-up-note":
        public = bool(args.pop("public", False)) or who.is_resident
        if files := args.pop("attachments", []):
            await attachments.add(tx, who, case, files, public=public)
            args["attachments"] = [str(id) for id in files]
        facts_args = {**args, "by_owner": who.is_resident}
        events = noted_events(public, who.is_resident)
    if action in ("cancel", "reopen") and not who.is_resident and not args.get("reason"):
        raise TicketInvalid(fields=[FieldError("reason", "请说明原因", "Say why")])
    if action in ("complete", "cancel"):
        await pausing.end(tx, case, at)
    after = apply(
        case.kind, case.facts, action, at, facts_args, actor_id=who.sub, number=case.row.number, zone=case.zone
    )
    await casework.act(
        tx, case, after, action, at, data=args, late_reason=body.late_reason, public=public, events=events
    )
    await following.follow(tx, case, action, at, args.get("assignee_id"))
    if action == "complete":
        await opening.open_due(tx, case)
        if case.row.reporter_id is not None and "rate" in case.kind.allowed(after.state):
            # row: AMB-110 each time the work is done its owner is asked for a rating of their own
            case.say(tx, "ticket.rating_requested.v1", {"requested_at": at, "round": after.rounds}, at)
    elif action in ("reopen", "cancel"):
        await opening.cancel_due(tx, case)
    return await again(tx, ticket_id)


async def sign(tx: Tx, who: Principal, ticket_id: UUID, body: SignIn, if_match: int | None) -> Row[Any]:
    """Keep the owner's signature, which closes the case, or its refusal, which keeps it open (B-011, AMB-105).

    Raises:
        WrongSigner: an owner signing for a device, or staff signing as the app.
        DocumentChanged: the hash is not that of the case as it stands.
        TicketInvalid: a device signature without its artefact, a refusal without a reason.
        MayNotDecide, NotNow, NoSuchTicket, LostUpdate: as in :func:`command`.
    """
    action = "refuse-signature" if body.refused else "sign"
    case = await locked(tx, who, ticket_id, if_match)
    at = happened(tx, case, action, body)
    if who.is_resident != (body.method == "app"):
        raise WrongSigner()
    if body.refused and not body.reason:
        raise TicketInvalid(fields=[FieldError("reason", "请说明业主拒签的原因", "Say why the owner refuses")])
    await signing.check(tx, who, case, body)
    await _check_relation(tx, who, case, action)
    if not body.refused:
        await settling.forbid_open(tx, case.id)
    digest = document_hash(case.row._asdict())
    if body.document_hash is not None and body.document_hash != digest:
        raise DocumentChanged()
    after = apply(case.kind, case.facts, action, at, {}, actor_id=who.sub, number=case.row.number)
    signature = {
        "refused": body.refused,
        "method": body.method,
        "document_hash": digest,
        "signed_at": at,
        "document": canonical(case.row._asdict()).decode(),
        "file_id": body.signature_file,
        "witness_id": body.witness_id,
    }
    signer_id = who.sub if who.is_resident else None
    await signing.attach_artefact(tx, who, case, body)
    await signed.keep(tx, case.row, signature, signing.sealed(body), signer_id=signer_id)
    data: dict[str, Any] = {"method": body.method, "document_hash": digest, **body.on_paper()}
    if body.reason:
        data["reason"] = body.reason
    events = None if body.refused else signed_events(after, body.method)
    await casework.act(tx, case, after, action, at, data=data, late_reason=body.late_reason, events=events)
    if body.refused:
        await opening.cancel_due(tx, case)
    return await again(tx, ticket_id)


async def _check_relation(tx: Tx, who: Principal, case: Case, action: str) -> None:
    power = _RELATION_POWER.get(action)
    if action == "cancel" and case.row.reporter_id == who.sub:
        return  # one's own to take back, whatever one is to the dwelling
    if power is not None:
        await relating.forbid_without(tx, who, case.row, power)


async def again(tx: Tx, ticket_id: UUID) -> Row[Any]:
    """A ticket after a command on it."""
    row = await repository.find(tx, ticket_id)
    assert row is not None
    return row


async def open_contact(tx: Tx, who: Principal, ticket_id: UUID, reason: str | None) -> Mapping[str, Any]:
    """The contact of a case in full; who opened it and why is recorded (D-075).

    In one's own open case the case is the reason; elsewhere one has to be given.

    Raises:
        NoSuchTicket: unknown, or outside the caller's reach.
        TicketInvalid: no reason given.
    """
    row = await find(tx, who, ticket_id)
    own = who.sub in (row.assignee_id, row.recorded_by) and row.closed_at is None and row.cancelled_at is None
    if not own and not reason:
        raise TicketInvalid(fields=[FieldError("reason", "请说明查看的原因", "Say why you need it")])
    contact: Mapping[str, Any] = row.contact or {}
    named = contact.get("person_id")
    # row: D-075, D-076 who opened it and why
    opened(
        tx,
        "ticket.contact_opened",
        "ticket",
        ticket_id,
        person_id=UUID(named) if named else row.reporter_id,
        reason=reason or "own open case",
    )
    return contact


@dataclass(frozen=True, slots=True)
class Promises:
    """What an explanation of a ticket's clocks needs: their rows, what was told of pauses, the plans they name."""

    ticket: Row[Any]
    clocks: Sequence[Row[Any]]
    marks: Sequence[Row[Any]]
    plans: Mapping[UUID | None, Plan]


async def clocks(tx: Tx, who: Principal, ticket_id: UUID) -> Promises:
    """A ticket and all its clocks. Raises NoSuchTicket."""
    row = await find(tx, who, ticket_id)
    found = await repository.clocks_of(tx, ticket_id)
    marks = await pause_repository.marks_of(tx, ticket_id)
    named = {c.plan_id: await plans.find(tx, c.plan_id, row.timezone) for c in found}
    return Promises(row, found, marks, named)


async def entries(
    tx: Tx, who: Principal, ticket_id: UUID, after: UUID | None, limit: int
) -> Sequence[Line]:
    """The history of a ticket; owners read its public part. Raises NoSuchTicket."""
    await find(tx, who, ticket_id)
    return await entries_shown.shown(tx, who, ticket_id, after, limit)


async def signatures(tx: Tx, who: Principal, ticket_id: UUID) -> tuple[Row[Any], Sequence[Signed]]:
    """A ticket with its signatures and refusals. Raises NoSuchTicket."""
    row = await find(tx, who, ticket_id)
    return row, await signed.read(tx, ticket_id)


async def open_signatures(
    tx: Tx, who: Principal, ticket_id: UUID, reason: str | None
) -> tuple[Row[Any], Sequence[Signed]]:
    """Names and artefacts in full, which is recorded. Raises NoSuchTicket, and TicketInvalid without a reason."""
    row = await find(tx, who, ticket_id)
    if not reason:
        raise TicketInvalid(fields=[FieldError("reason", "请说明查看的原因", "Say why you need it")])
    return row, await signed.open_all(tx, ticket_id, reason)


async def forget_person(tx: Tx, person_id: UUID) -> None:
    """Take an erased person's contact out of their tickets; what was done for the unit stays."""
    for ticket_id in await persons.forget_contacts(tx, person_id):
        tx.audit("ticket.person_erased", "ticket", ticket_id)
