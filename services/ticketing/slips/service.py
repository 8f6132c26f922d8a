"""Commands on service slips: under the ticket's lock, told in its history, with the events that billing follows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row

from services.ticketing.access import within_reach
from services.ticketing.domain.late_entry import entry_time
from services.ticketing.domain.register import SIGNS
from services.ticketing.domain.slip_errors import CaseOver, NoSuchSlip, SlipChanged, SlipInvalid
from services.ticketing.domain.slips import Line, lines_hash, next_state, total_fen
from services.ticketing.domain.ticket_errors import WrongSigner
from services.ticketing.models import service_slips
from services.ticketing.residents import residence
from services.ticketing.slips import repository, settling
from services.ticketing.slips.schemas import ConfirmIn, LinesIn, PostIn, SlipIn, SlipLineIn, VoidIn
from services.ticketing.tickets import casework, relating, signatures
from services.ticketing.tickets import repository as ticket_rows
from services.ticketing.tickets import service as tickets
from services.ticketing.tickets.casework import Case
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError, LostUpdate
from shared.ids import uuid7


async def find(tx: Tx, who: Principal, slip_id: UUID) -> Row[Any]:
    """One slip. Raises NoSuchSlip: unknown, or of a ticket outside the caller's reach."""
    row = await repository.find(tx, slip_id)
    ticket = None if row is None else await ticket_rows.find(tx, row.ticket_id)
    if row is None or ticket is None or not await tickets.sees(tx, who, ticket):
        raise NoSuchSlip()
    return row


async def _locked(tx: Tx, who: Principal, slip_id: UUID, if_match: int | None = None) -> tuple[Row[Any], Case]:
    seen = await find(tx, who, slip_id)
    case = await casework.lock(tx, seen.ticket_id)
    assert case is not None
    row = await find(tx, who, slip_id)
    if if_match is not None and if_match != row.version:
        raise LostUpdate()
    return row, case


def _priced(lines: Sequence[SlipLineIn]) -> list[Line]:
    wrong, found = [], []
    for index, one in enumerate(lines):
        path = f"lines.{index}"
        if one.price.currency != "CNY" or one.price.money().fen < 0:
            zh, en = "单价须为不小于零的人民币金额", "A price is an amount of CNY, not below zero"
            wrong.append(FieldError(f"{path}.price", zh, en))
        if one.what == "labour" and one.quantity != one.quantity.to_integral_value():
            wrong.append(FieldError(f"{path}.quantity", "工时以整分钟计", "Labour is counted in whole minutes"))
        unit = "分钟" if one.what == "labour" else one.unit
        found.append(
            Line(one.what, one.name, one.quantity, unit, one.price.money().fen, one.source, one.free)
        )
    if wrong:
        raise SlipInvalid(fields=wrong)
    return found


def _forbid_over(case: Case) -> None:
    if case.facts.closed_at is not None or case.facts.cancelled:
        raise CaseOver()


async def draft(tx: Tx, who: Principal, ticket_id: UUID, body: SlipIn) -> Row[Any]:
    """Write a slip: numbered without gaps, to be confirmed by the owner.

    Raises:
        NoSuchTicket: unknown, or outside the caller's reach.
        CaseOver: closed or cancelled.
        SlipInvalid, TicketInvalid: a line or the time is not valid.
    """
    case = await tickets.locked(tx, who, ticket_id)
    _forbid_over(case)
    at = entry_time(
        body.occurred_at, tx.now, body.late_reason, not_before=case.facts.received_at, zone=case.zone
    )
    lines = _priced(body.lines)
    stored, total, slip_id = [line.stored() for line in lines], total_fen(lines), uuid7()
    await _tell(tx, case, "slip.draft", at, {"slip_id": slip_id, "total_fen": total}, late_reason=body.late_reason)
    # Last, because the counter queues all writers; without gaps, because an auditor counts slips.
    series = f"YC{tx.now.astimezone(case.zone):%Y%m}"
    # row: C-067 owner, service, amount and date stand on a slip with a number of its own
    number = f"{series}-{await tx.number(f'slip.{series}'):04d}"
    row = {
        "id": slip_id,
        "number": number,
        "ticket_id": case.id,
        "community_id": case.row.community_id,
        "unit_id": case.row.unit_id,
        "state": "draft",
        "revision": 1,
        "lines": stored,
        "total_fen": total,
        "lines_hash": lines_hash(number, case.row.number, 1, stored, total),
        "made_by": who.sub,
        "done_at": at,
    }
    await repository.add(tx, row)
    told = {"slip_id": slip_id, "slip_number": number, "amount_fen": total, "done_at": at}
    casework.emit(tx, case, "slip.created.v1", {"ticket_id": case.id, **told}, at)
    return await find(tx, who, slip_id)


async def price(tx: Tx, who: Principal, slip_id: UUID, body: LinesIn, if_match: int | None) -> Row[Any]:
    """Replace the lines; a confirmation given before no longer holds.

    Raises: NoSuchSlip, LostUpdate, SlipNotNow (posted or void), CaseOver, SlipInvalid.
    """
    row, case = await _locked(tx, who, slip_id, if_match)
    state = next_state(row.state, "price")
    _forbid_over(case)
    lines = _priced(body.lines)
    stored, total, revision = [line.stored() for line in lines], total_fen(lines), row.revision + 1
    values = {
        "state": state,
        "revision": revision,
        "lines": stored,
        "total_fen": total,
        "lines_hash": lines_hash(row.number, case.row.number, revision, stored, total),
        # row: E-017 changed lines want a new confirmation
        "confirmed_at": None,
        "method": None,
        "reason": None,
    }
    await repository.change(tx, row.id, values)
    data = {"slip_id": row.id, "number": row.number, "revision": revision, "total_fen": total}
    told = {"slip_id": row.id, "slip_number": row.number, "amount_fen": total, "done_at": row.done_at}
    await _tell(tx, case, "slip.price", tx.now, data, event=("slip.changed.v1", told))
    return await find(tx, who, slip_id)


async def confirm(tx: Tx, who: Principal, slip_id: UUID, body: ConfirmIn) -> Row[Any]:
    """The owner agrees to exactly these lines, in the app or by a signature; or refuses, and the case stays open.

    Raises:
        NoSuchSlip, SlipNotNow.
        SlipChanged: the hash is not that of the slip as it stands.
        WrongSigner: an owner signing for a device, or staff confirming as the app.
        MayNotDecide: the relation to the unit does not include signing.
        SlipInvalid, TicketInvalid: no artefact, no reason, or the time.
    """
    row, case = await _locked(tx, who, slip_id)
    state = next_state(row.state, "refuse" if body.refused else "confirm")
    if who.is_resident != (body.method == "app"):
        raise WrongSigner()
    if body.refused and not body.reason:
        raise SlipInvalid(fields=[FieldError("reason", "请说明业主不认可的原因", "Say why the owner refuses")])
    if not who.is_resident and not body.refused and not body.signature:
        zh, en = "请附上业主的签名", "Attach the owner's signature"
        raise SlipInvalid(fields=[FieldError("signature", zh, en)])
    await relating.forbid_without(tx, who, case.row, SIGNS)
    # row: E-017 what the owner agrees to is these lines and no others
    if body.lines_hash != row.lines_hash:
        raise SlipChanged()
    first = max(row.done_at, case.facts.received_at)
    at = entry_time(body.occurred_at, tx.now, body.late_reason, not_before=first, zone=case.zone)
    signature = {
        "refused": body.refused,
        "method": body.method,
        "file_id": None,
        "document_hash": row.lines_hash,
        "signed_at": at,
    }
    signer_id = who.sub if who.is_resident else None
    personal = {"name": body.signer_name, "artefact": body.signature}
    await signatures.keep(tx, case.row, signature, personal, signer_id=signer_id)
    values = {"state": state, "method": body.method, "reason": body.reason}
    await repository.change(tx, row.id, values | {"confirmed_at": None if body.refused else at})
    data = {"slip_id": row.id, "number": row.number, "total_fen": row.total_fen, "method": body.method}
    if body.reason:
        data["reason"] = body.reason
    told: dict[str, Any] = {"slip_id": row.id, "slip_number": row.number, "amount_fen": row.total_fen}
    if body.refused:
        event = ("slip.refused.v1", {**told, "refused_at": at})
    else:
        event = ("slip.confirmed.v1", {**told, "confirmed_at": at, "method": body.method, "done_at": row.done_at})
    action = "slip.refuse" if body.refused else "slip.confirm"
    await _tell(tx, case, action, at, data, late_reason=body.late_reason, public=True, event=event)
    await settling.let_close(tx, case)
    return await find(tx, who, slip_id)


async def post(tx: Tx, who: Principal, slip_id: UUID, body: PostIn, if_match: int | None) -> Row[Any]:
    """The amount was entered for the deduction run. Raises NoSuchSlip, LostUpdate, SlipNotNow, TicketInvalid."""
    row, case = await _locked(tx, who, slip_id, if_match)
    state = next_state(row.state, "post")
    at = entry_time(body.occurred_at, tx.now, body.late_reason, not_before=row.confirmed_at, zone=case.zone)
    await repository.change(tx, row.id, {"state": state, "posted_at": at, "posted_by": who.sub})
    told = {"slip_id": row.id, "slip_number": row.number, "amount_fen": row.total_fen, "posted_at": at}
    data = {"slip_id": row.id, "number": row.number, "total_fen": row.total_fen}
    # row: B-074 billing hears when the amount was there
    event = ("slip.entered.v1", {**told, "done_at": row.done_at})
    await _tell(tx, case, "slip.post", at, data, late_reason=body.late_reason, event=event)
    return await find(tx, who, slip_id)


async def void(tx: Tx, who: Principal, slip_id: UUID, body: VoidIn, if_match: int | None) -> Row[Any]:
    """The slip no longer counts; it keeps its number. Raises NoSuchSlip, LostUpdate, SlipNotNow."""
    row, case = await _locked(tx, who, slip_id, if_match)
    state = next_state(row.state, "void")
    await repository.change(tx, row.id, {"state": state, "reason": body.reason})
    data = {"slip_id": row.id, "number": row.number, "reason": body.reason}
    event = ("slip.voided.v1", {"slip_id": row.id, "slip_number": row.number})
    await _tell(tx, case, "slip.void", tx.now, data, event=event)
    await settling.let_close(tx, case)
    return await find(tx, who, slip_id)


async def _tell(
    tx: Tx,
    case: Case,
    action: str,
    at: datetime,
    data: dict[str, Any],
    *,
    late_reason: str | None = None,
    public: bool = False,
    event: tuple[str, dict[str, Any]] | None = None,
) -> None:
    events = [] if event is None else [(event[0], {"ticket_id": case.id, **event[1]})]
    await casework.act(
        tx, case, case.facts, action, at, data=data, late_reason=late_reason, public=public, events=events
    )


async def of_ticket(tx: Tx, who: Principal, ticket_id: UUID) -> Sequence[Row[Any]]:
    """All slips of a case, oldest first. Raises NoSuchTicket."""
    await tickets.find(tx, who, ticket_id)
    return await repository.of_ticket(tx, ticket_id)


async def page(
    tx: Tx, who: Principal, states: Sequence[str], community_id: UUID | None, after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Slips within reach, oldest first."""
    c = service_slips.c
    conditions: list[ColumnElement[bool]]
    if who.is_resident:
        # row: D-075 a slip is read by whoever reads its case
        conditions = [repository.of_cases_within(tx, await residence(tx, who))]
    else:
        conditions = within_reach(tx, who, community_column=c.community_id)
    if states:
        conditions.append(c.state.in_(list(states)))
    if community_id is not None:
        conditions.append(c.community_id == community_id)
    return await repository.page(tx, conditions, after, limit)
