"""Asking to be bound to a unit, and deciding on it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.bindings import repository
from services.ticketing.bindings.schemas import ApproveIn, BindingIn, RefuseIn
from services.ticketing.domain.household_errors import (
    BindingDecided,
    BindingsTooOften,
    HouseholdInvalid,
    NoSuchBinding,
    OwnBinding,
    TooManyBindings,
    UnitNotSettled,
)
from services.ticketing.errors import NoSuchCommunity, NoSuchPerson, NoSuchUnit
from services.ticketing.files.attaching import attach
from services.ticketing.households.binding import Begin, begin, locked_home
from services.ticketing.households.repository import living
from services.ticketing.people.arrivals import call
from services.ticketing.people.repository import lock_person
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.ids import uuid7

SUBJECT: Final = "binding"
#: Open at one time, and made within a day: enough for a family with three homes, too few to try numbers.
MOST_OPEN: Final = 3
MOST_A_DAY: Final = 6
_DAY: Final = timedelta(days=1)


async def ask(tx: Tx, who: Principal, body: BindingIn) -> Row[Any]:
    """Ask to be bound. Whether there is such a unit, and who lives there, the answer does not tell.

    Raises:
        NoSuchPerson: the token is not of somebody of the register.
        NoSuchCommunity: unknown, or not the only one of that name.
        TooManyBindings, BindingsTooOften: too many open, or made within a day.
        HouseholdInvalid: attachments that are not files of the caller.
    """
    # Locked, so that requests at once are counted one after the other.
    if await lock_person(tx, who.sub, ()) is None or not await living(tx, [who.sub]):
        raise NoSuchPerson()
    community_id = await repository.community(tx, body.community_id, body.community)
    if community_id is None:
        raise NoSuchCommunity()
    still_open, lately = await repository.made(tx, who.sub, tx.now - _DAY)
    if still_open >= MOST_OPEN:
        raise TooManyBindings(most=MOST_OPEN)
    # row: D-076 nobody finds out by trying which units there are and whose they are
    if lately >= MOST_A_DAY:
        raise BindingsTooOften(retry_after=_DAY.total_seconds() / MOST_A_DAY)
    await call(tx, who.sub, body.name)
    id = uuid7()
    if wrong := await attach(tx, who, body.attachments, SUBJECT, id):
        raise HouseholdInvalid(fields=wrong)
    await repository.insert(
        tx,
        {
            "id": id,
            "version": 1,
            "created_at": tx.now,
            "updated_at": tx.now,
            "person_id": who.sub,
            "community_id": community_id,
            "building": None if body.building is None else body.building.strip(),
            "number": body.number.strip(),
            "role": body.role,
            "attachments": [str(file) for file in body.attachments],
            "state": "open",
        },
    )
    tx.audit("binding.requested", "binding", id, after={"community_id": community_id, "role": body.role})
    tx.emit(
        "binding.requested.v1",
        subject=id,
        seq=1,
        community_id=community_id,
        data={"person_id": str(who.sub), "role": body.role},
    )
    return await _again(tx, id)


async def find(tx: Tx, who: Principal, request_id: UUID) -> Row[Any]:
    """One request within the caller's reach. Raises NoSuchBinding."""
    row = await repository.find(tx, request_id, repository.reach(tx, who))
    if row is None:
        raise NoSuchBinding()
    return row


async def _open(tx: Tx, who: Principal, request_id: UUID) -> Row[Any]:
    row = await repository.find(tx, request_id, repository.reach(tx, who), lock=True)
    if row is None:
        raise NoSuchBinding()
    if row.state != "open":
        raise BindingDecided()
    return row


async def _by_another(tx: Tx, who: Principal, row: Row[Any]) -> None:
    phone = await repository.phone_of_staff(tx, who.sub)
    # row: D-076 nobody decides on their own request, whichever of their accounts they use
    if who.sub == row.person_id or (phone is not None and phone == row.applicant_phone):
        raise OwnBinding()


async def approve(tx: Tx, who: Principal, request_id: UUID, body: ApproveIn) -> Row[Any]:
    """Bind the applicant to the unit.

    Raises:
        NoSuchBinding, BindingDecided, OwnBinding: see there.
        UnitNotSettled: the name fits no unit or several, and none is given.
        NoSuchUnit: the given one is unknown, or of another community than the request.
        HouseholdInvalid: it would end before it begins.
        AlreadyBound, NoSuchPerson: the applicant is bound already, or was erased or merged meanwhile.
    """
    row = await _open(tx, who, request_id)
    await _by_another(tx, who, row)
    if not await living(tx, [row.person_id]):
        raise NoSuchPerson()
    unit_id = body.unit_id
    if unit_id is None:
        named = await repository.named_units(tx, [request_id])
        if len(named) != 1:
            raise UnitNotSettled()
        unit_id = named[0].unit_id
    home = await locked_home(tx, who, unit_id)
    if home.community_id != row.community_id:
        raise NoSuchUnit()
    since = body.since or home.today(tx.now)
    if body.until is not None and body.until < since:
        wrong = FieldError("until", "结束日期不能早于开始日期", "It cannot end before it begins")
        raise HouseholdInvalid(fields=[wrong])
    (relation,) = await begin(tx, home, [Begin(row.person_id, row.role, since, body.until, body.powers)])
    # row: C-075 the household file begins with who is bound to the unit, entered by whom
    values = {"unit_id": unit_id, "relation_id": relation, "note": body.note}
    return await _decide(tx, who, row, "approved", values)


async def refuse(tx: Tx, who: Principal, request_id: UUID, body: RefuseIn) -> Row[Any]:
    """Refuse a request. Raises NoSuchBinding, BindingDecided, OwnBinding."""
    row = await _open(tx, who, request_id)
    await _by_another(tx, who, row)
    return await _decide(tx, who, row, "refused", {"refusal": body.refusal, "note": body.note})


async def withdraw(tx: Tx, who: Principal, request_id: UUID) -> Row[Any]:
    """Take one's own request back. Raises NoSuchBinding, BindingDecided."""
    row = await _open(tx, who, request_id)
    return await _decide(tx, who, row, "withdrawn", {})


async def _decide(tx: Tx, who: Principal, row: Row[Any], state: str, values: dict[str, Any]) -> Row[Any]:
    await repository.change(tx, row, {**values, "state": state, "decided_by": who.sub, "decided_at": tx.now})
    told = {"refusal": values.get("refusal"), "unit_id": values.get("unit_id")}
    tx.audit(f"binding.{state}", "binding", row.id, after={"person_id": row.person_id, **told})
    unit_id = told["unit_id"]
    tx.emit(
        "binding.decided.v1",
        subject=row.id,
        seq=row.version + 1,
        community_id=row.community_id,
        data={
            "person_id": str(row.person_id),
            "state": state,
            "refusal": told["refusal"],
            "unit_id": None if unit_id is None else str(unit_id),
        },
    )
    return await _again(tx, row.id)


async def _again(tx: Tx, request_id: UUID) -> Row[Any]:
    row = await repository.find(tx, request_id, ())
    assert row is not None  # locked or made above
    return row
