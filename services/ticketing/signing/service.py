"""The document to sign, and what the general manager decides where nobody signs (AMB-105)."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.access import zone_of
from services.ticketing.domain.commands import apply, next_state, not_before
from services.ticketing.domain.kind import kinds
from services.ticketing.domain.late_entry import entry_time
from services.ticketing.domain.sign_document import lines_of
from services.ticketing.domain.signatures import canonical, document_hash
from services.ticketing.domain.ticket_errors import NoRefusal, NothingUnsigned
from services.ticketing.domain.ticket_events import events_of
from services.ticketing.signing.schemas import DecideUnsignedIn, SignDocumentOut, SignLineOut
from services.ticketing.tickets import casework, service
from services.ticketing.tickets import repository as tickets
from shared.auth import Principal
from shared.db.tx import Tx
from shared.http.schemas import Text

CLOSES = "decide-unsigned"
STAYS = "keep-open"


async def sign_document(tx: Tx, who: Principal, ticket_id: UUID) -> SignDocumentOut:
    """What the case says at this moment, as it is signed.

    Raises:
        NoSuchTicket: unknown, or outside the caller's reach. NotNow: there is nothing to sign yet, or any more.
    """
    row = await service.find(tx, who, ticket_id)
    next_state(kinds()[row.kind], row.state, "sign", row.number)
    case = row._asdict()
    text = canonical(case).decode()
    return SignDocumentOut(
        ticket_id=row.id,
        number=row.number,
        round=row.rounds,
        lines=[
            SignLineOut(name=name, label=Text(zh=zh, en=en), value=value)
            for name, zh, en, value in lines_of(case, zone_of(row.timezone))
        ],
        document=json.loads(text),
        canonical=text,
        document_hash=document_hash(case),
    )


async def decide_unsigned(tx: Tx, who: Principal, ticket_id: UUID, body: DecideUnsignedIn) -> Row[Any]:
    """Record what was decided on a case that nobody signs; it closes only when the decision says so.

    Raises:
        NoSuchTicket. NothingUnsigned: the case needs no signature, or is over. NotNow: closing what is not handled.
        NoRefusal: the ground is a refusal, and none is on record (with a witness, to close).
        OwnCase: whoever handled it. TicketInvalid: the time.
    """
    case = await service.locked(tx, who, ticket_id)
    # row: AMB-105 a decision is for what stays open without a signature
    if CLOSES not in case.kind.moves or case.kind.state(case.facts.state).final:
        raise NothingUnsigned(number=case.row.number)
    await _refusal(tx, ticket_id, body)
    data: dict[str, Any] = {"ground": body.ground, "close": body.close, "reason": body.reason, **body.on_paper()}
    if body.close:
        at = service.happened(tx, case, CLOSES, body)
        after = apply(case.kind, case.facts, CLOSES, at, {}, actor_id=who.sub, number=case.row.number, zone=case.zone)
    else:
        earliest = not_before(case.facts, STAYS)
        at = entry_time(body.occurred_at, tx.now, body.late_reason, not_before=earliest, zone=case.zone)
        after = case.facts
    told = {"ground": body.ground, "close": body.close, "decided_at": at}
    events = [("ticket.unsigned_decided.v1", told), *(events_of("close", after, at) if body.close else ())]
    action = CLOSES if body.close else STAYS
    await casework.act(
        tx, case, after, action, at, data=data, late_reason=body.late_reason, public=True, events=events
    )
    return await service.again(tx, ticket_id)


async def _refusal(tx: Tx, ticket_id: UUID, body: DecideUnsignedIn) -> None:
    if body.ground != "refused":
        return
    refusals = [row for row in await tickets.signatures_of(tx, ticket_id) if row.refused]
    # row: AMB-105 a decision on a refusal rests on one that is on record, and to close on a witnessed one
    if not any(row.witness_id is not None or not body.close for row in refusals):
        raise NoRefusal()
