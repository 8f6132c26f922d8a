"""Commands on work orders: under the ticket's lock, decided in the domain, told in the case's history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.access import within_reach
from services.ticketing.documents.repository import staff_name
from services.ticketing.domain.late_entry import entry_time
from services.ticketing.domain.order_errors import (
    NoSuchOrder,
    NotOnDuty,
    OrderInvalid,
    OrderOpen,
    OrderTaken,
)
from services.ticketing.domain.orders import Mode, forbid_strangers, next_state
from services.ticketing.errors import NoSuchOrgUnit
from services.ticketing.models import work_orders
from services.ticketing.orders import choosing, opening, repository
from services.ticketing.orders.opening import Wish
from services.ticketing.orders.schemas import AcceptIn, DispatchRuleIn, OrderIn, RefuseIn, TransferIn
from services.ticketing.places.service import org_unit_reach
from services.ticketing.powers import POWERS
from services.ticketing.tickets import casework
from services.ticketing.tickets import service as tickets
from services.ticketing.tickets.casework import Case
from services.ticketing.tickets.schemas import Told
from shared.auth import Principal
from shared.auth.powers import has_power
from shared.db.tx import Tx
from shared.errors import FieldError, LostUpdate


async def find(tx: Tx, who: Principal, order_id: UUID) -> Row[Any]:
    """One order. Raises NoSuchOrder: unknown, or outside the caller's reach."""
    row = await repository.find(tx, order_id)
    if row is None or not who.sees(row.path):
        raise NoSuchOrder()
    return row


async def _locked(tx: Tx, who: Principal, order_id: UUID, if_match: int | None) -> tuple[Row[Any], Case]:
    seen = await find(tx, who, order_id)
    case = await casework.lock(tx, seen.ticket_id)
    assert case is not None
    row = await find(tx, who, order_id)
    if if_match is not None and if_match != row.version:
        raise LostUpdate()
    return row, case


async def give_out(tx: Tx, who: Principal, ticket_id: UUID, body: OrderIn, if_match: int | None) -> Row[Any]:
    """Give a case out: to somebody, to whoever's turn it is, or to the pool; one that waits in the pool is taken out.

    Raises:
        NoSuchTicket, LostUpdate, NotNow, TicketInvalid: see the ticket's own commands.
        OrderOpen: it is in somebody's hands; transfer it.
        OrderInvalid: assigned to nobody, or to somebody who is no employee.
    """
    case = await tickets.locked(tx, who, ticket_id, if_match)
    at = tickets.happened(tx, case, "dispatch", body)
    held = await repository.open_of(tx, ticket_id)
    if held is not None and held.engineer_id is not None:
        raise OrderOpen(name=await _name(tx, held.engineer_id))
    mode = await _mode(tx, case, body)
    if body.engineer_id is not None:
        await _check_engineer(tx, body.engineer_id)
    if held is not None:
        await repository.change(tx, held.id, {"state": "withdrawn", "ended_at": tx.now})
    wish = Wish(
        mode,
        at,
        body.engineer_id,
        previous_id=None if held is None else held.id,
        note=body.note,
        late_reason=body.late_reason,
    )
    return await find(tx, who, await opening.begin(tx, case, wish))


async def _mode(tx: Tx, case: Case, body: OrderIn) -> Mode:
    if body.engineer_id is not None:
        return "assign"
    if body.mode == "assign":
        raise OrderInvalid(fields=[FieldError("engineer_id", "请指定派给谁", "Say whom it is assigned to")])
    if body.mode is not None:
        return body.mode
    rule = await repository.rule_for(tx, case.row.path, case.kind.code)
    # Nobody named, and nothing set: in turn, which always finds somebody if there is anybody.
    return "grab" if rule is not None and rule.mode == "grab" else "rotate"


async def _check_engineer(tx: Tx, person_id: UUID) -> None:
    if not await staff_name(tx, person_id):
        raise OrderInvalid(
            fields=[FieldError("engineer_id", "没有这名员工", "There is no such member of staff")]
        )


async def _name(tx: Tx, person_id: UUID) -> str:
    return await staff_name(tx, person_id) or str(person_id)


async def grab(tx: Tx, who: Principal, order_id: UUID) -> Row[Any]:
    """Take an order from the pool; the first wins.

    Raises:
        NoSuchOrder: unknown, or outside the caller's reach.
        OrderTaken: somebody else has it, who is named.
        OrderNotNow: it is in the pool no more.
        NotOnDuty: not on duty for this community, or without the skill.
    """
    row, case = await _locked(tx, who, order_id, None)
    # row: C-011 抢单: the first wins, and whoever comes later reads who has it
    if row.engineer_id is not None and row.engineer_id != who.sub:
        raise OrderTaken(name=await _name(tx, row.engineer_id))
    state = next_state(row.state, "grab")
    if who.sub not in await choosing.able(tx, row.path, row.skill):
        raise NotOnDuty()
    values = {"state": state, "engineer_id": who.sub, "offered_at": tx.now, "accepted_at": tx.now}
    await repository.change(tx, row.id, values)
    await opening.sent(tx, case, row.id, who.sub, Wish("grab", tx.now), taken=True)
    return await find(tx, who, order_id)


def _happened(tx: Tx, row: Row[Any], case: Case, told: Told) -> datetime:
    first = row.offered_at or row.created_at
    return entry_time(told.occurred_at, tx.now, told.late_reason, not_before=first, zone=case.zone)


async def accept(tx: Tx, who: Principal, order_id: UUID, body: AcceptIn, if_match: int | None) -> Row[Any]:
    """The engineer takes it on. Raises NoSuchOrder, LostUpdate, NotYourOrder, OrderNotNow, TicketInvalid."""
    row, case = await _locked(tx, who, order_id, if_match)
    forbid_strangers(who.sub, row.engineer_id, _leads(who))
    state = next_state(row.state, "accept")
    at = _happened(tx, row, case, body)
    await repository.change(tx, row.id, {"state": state, "accepted_at": at})
    told = {"order_id": row.id, "ticket_id": case.id, "engineer_id": row.engineer_id, "mode": row.mode}
    await _tell(tx, case, "order.accept", at, {"order_id": row.id}, body, ("order.accepted.v1", told))
    return await find(tx, who, order_id)


async def refuse(tx: Tx, who: Principal, order_id: UUID, body: RefuseIn, if_match: int | None) -> Row[Any]:
    """The engineer cannot take it on; the case goes to the next in turn, or back to whoever gives it out.

    Raises: as :func:`accept`.
    """
    row, case = await _locked(tx, who, order_id, if_match)
    forbid_strangers(who.sub, row.engineer_id, _leads(who))
    state = next_state(row.state, "refuse")
    at = _happened(tx, row, case, body)
    await repository.change(tx, row.id, {"state": state, "ended_at": at, "reason": body.reason})
    told = {"order_id": row.id, "ticket_id": case.id, "engineer_id": row.engineer_id}
    data = {"order_id": row.id, "reason": body.reason}
    await _tell(tx, case, "order.refuse", at, data, body, ("order.refused.v1", told))
    said_no = {o.engineer_id for o in await repository.of_ticket(tx, case.id) if o.state == "refused"}
    await opening.begin(
        tx, case, Wish(row.mode, at, previous_id=row.id, late_reason=body.late_reason, refused=said_no)
    )
    return await find(tx, who, order_id)


async def transfer(tx: Tx, who: Principal, order_id: UUID, body: TransferIn, if_match: int | None) -> Row[Any]:
    """Hand the case over with a note; answers with the order that follows.

    Raises: as :func:`accept`, and OrderInvalid: to nobody of the staff, or to the one who has it.
    """
    row, case = await _locked(tx, who, order_id, if_match)
    forbid_strangers(who.sub, row.engineer_id, _leads(who))
    state = next_state(row.state, "transfer")
    if body.engineer_id is not None:
        await _check_engineer(tx, body.engineer_id)
        if body.engineer_id == row.engineer_id:
            zh, en = "此单已在其名下，无需转派", "It is theirs already"
            raise OrderInvalid(fields=[FieldError("engineer_id", zh, en)])
    at = _happened(tx, row, case, body)
    # row: C-012, C-311 what the one knew goes to the next with the case
    await repository.change(tx, row.id, {"state": state, "ended_at": at, "handover": body.note})
    told = {"order_id": row.id, "ticket_id": case.id, "engineer_id": row.engineer_id}
    data = {"order_id": row.id, "note": body.note}
    await _tell(tx, case, "order.transfer", at, data, body, ("order.transferred.v1", told))
    wish = Wish(
        "rotate" if body.engineer_id is None else "assign",
        at,
        body.engineer_id,
        previous_id=row.id,
        handover=body.note,
        late_reason=body.late_reason,
        handed_over={row.engineer_id},
    )
    return await find(tx, who, await opening.begin(tx, case, wish))


async def _tell(
    tx: Tx, case: Case, action: str, at: datetime, data: dict[str, Any], told: Told, event: tuple[str, dict[str, Any]]
) -> None:
    await casework.act(
        tx, case, case.facts, action, at, data=data, late_reason=told.late_reason, events=[event]
    )


def _leads(who: Principal) -> bool:
    return has_power(who, "order.give", POWERS)


async def of_ticket(tx: Tx, who: Principal, ticket_id: UUID) -> Sequence[Row[Any]]:
    """All orders of a case, oldest first. Raises NoSuchTicket."""
    await tickets.find(tx, who, ticket_id)
    return await repository.of_ticket(tx, ticket_id)


async def mine(
    tx: Tx, who: Principal, updated_after: datetime | None, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Row[Any]]:
    """The caller's own orders, past ones too, the longest unchanged first."""
    return await repository.page_of_engineer(tx, who.sub, updated_after, after, limit)


async def pool(tx: Tx, who: Principal, after: UUID | None, limit: int) -> Sequence[Row[Any]]:
    """Orders within reach that nobody has yet."""
    reach = within_reach(tx, who, community_column=work_orders.c.community_id)
    return await repository.pool(tx, reach, after, limit)


async def set_rule(tx: Tx, who: Principal, body: DispatchRuleIn) -> Row[Any]:
    """Set how an org unit gives out cases of a kind. Raises NoSuchOrgUnit: unknown, or outside the caller's reach."""
    if not await repository.org_unit_seen(tx, body.org_unit_id, org_unit_reach(tx, who)):
        raise NoSuchOrgUnit()
    row = await repository.set_rule(tx, body.org_unit_id, body.kind, body.mode, body.repeat_days, body.accept_minutes)
    after = body.model_dump(include={"kind", "mode", "repeat_days", "accept_minutes"})
    tx.audit("dispatch_rule.set", "dispatch_rule", row.id, after=after)
    return row


async def rules(tx: Tx, who: Principal) -> Sequence[Row[Any]]:
    """The rules of org units within reach."""
    return await repository.rules(tx, org_unit_reach(tx, who))
