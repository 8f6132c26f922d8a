"""Deeds that one kind alone has, and affairs done in the very contact that brings them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.domain.actors import check_actor
from services.ticketing.domain.commands import apply
from services.ticketing.domain.kind import kinds
from services.ticketing.domain.ticket_errors import NoSuchDeed, TicketInvalid
from services.ticketing.powers import POWERS
from services.ticketing.tickets import casework, service
from services.ticketing.tickets.deed_schemas import DeedIn
from services.ticketing.tickets.intake import create
from services.ticketing.tickets.reading import read_as
from services.ticketing.tickets.schemas import CompleteIn, TicketIn
from shared.auth import Principal
from shared.auth.powers import has_power
from shared.db.tx import Tx
from shared.errors import FieldError


async def do(tx: Tx, who: Principal, ticket_id: UUID, body: DeedIn, if_match: int | None) -> Row[Any]:
    """Carry out a deed of the ticket's kind and return the ticket after it.

    Raises:
        NoSuchTicket, LostUpdate, NotNow: as for every command.
        NoSuchDeed: the kind has none of that name.
        NotYourDeed, OwnCase: for others to do.
        TicketInvalid, and what else the deed itself refuses.
    """
    case = await service.locked(tx, who, ticket_id, if_match)
    kind, deed = case.kind, case.kind.deed(body.deed)
    if deed is None:
        known = ", ".join(d.code for d in kind.deeds) or "-"
        raise NoSuchDeed(kind_zh=kind.zh, kind_en=kind.en, deeds=known)
    check_actor(kind, deed.code, who.roles)
    at = service.happened(tx, case, deed.code, body)
    given, data = read_as(deed.fields, body.fields)
    after = apply(
        kind, case.facts, deed.code, at, given, actor_id=who.sub, number=case.row.number, zone=case.zone
    )
    told = {name: value for name, value in data.items() if value is not None}
    await casework.act(
        tx, case, after, deed.code, at, data=told, late_reason=body.late_reason, public=deed.public
    )
    return await service.again(tx, ticket_id)


async def take_in(tx: Tx, who: Principal, body: TicketIn) -> Mapping[str, Any]:
    """Take a ticket in, and be done with it where the intake brings its result along.

    Raises:
        TicketInvalid: a result from somebody who completes nothing, or for a kind that is not done at once.
        What taking in and completing refuse.
    """
    if body.result is not None and not (
        kinds()[body.kind].at_once and has_power(who, "ticket.complete", POWERS)
    ):
        told = ("此类工单不能当场办结，或您无权办结", "This kind is not done at once, or not by you")
        raise TicketInvalid(fields=[FieldError("result", *told)])
    row = await create(tx, who, body)
    if body.result is None:
        return row
    # row: B-003 what can be done at once is taken in and done in one contact
    done = CompleteIn(result=body.result, occurred_at=row["received_at"], late_reason=body.late_reason)
    return (await service.command(tx, who, row["id"], "complete", done, None))._asdict()
