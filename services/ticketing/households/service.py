"""Admitting people to a household, ending what was granted, and handing a unit over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.access import unit as visible_unit
from services.ticketing.activations.repository import revoke
from services.ticketing.domain.household_errors import (
    HouseholdFull,
    HouseholdInvalid,
    MayNotAdmit,
    MayNotEnd,
    RelationOver,
    TransferTooEarly,
)
from services.ticketing.domain.households import ENDED_BY_SALE, MOST_ADMITTED, admitted_powers, depends_on
from services.ticketing.domain.register import ADMITS, on
from services.ticketing.errors import NoSuchRelation, NoSuchUnit
from services.ticketing.households import repository
from services.ticketing.households.binding import Begin, Home, begin, finish, locked_home
from services.ticketing.households.schemas import AdmissionIn, EndIn, IncomingIn, TransferIn
from services.ticketing.people.arrivals import by_phone
from services.ticketing.people.repository import hidden_people
from services.ticketing.sessions.secrets import Vault
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.ids import uuid7


def _own(rows: Sequence[Row[Any]], who: Principal, day: date) -> list[Row[Any]]:
    """The caller's relations among these by which they may admit on a day, the widest first."""
    held = [r for r in rows if r.person_id == who.sub and on(day, r.since, r.until) and ADMITS in r.powers]
    return sorted(held, key=lambda r: (-len(r.powers), r.id))


async def admit(tx: Tx, keys: Vault, who: Principal, unit_id: UUID, body: AdmissionIn) -> Row[Any]:
    """Admit somebody to one's unit by their phone: they sign in by the code that is sent there.

    Raises:
        NoSuchUnit: not one of the caller's.
        MayNotAdmit: no relation of the caller's to the unit has the power `admits`.
        HouseholdInvalid: powers beyond the caller's own, or days beyond the caller's own time.
        HouseholdFull: more were admitted than live in any dwelling.
        AlreadyBound: the person holds that role in the unit already.
    """
    home = await locked_home(tx, who, unit_id)
    today = home.today(tx.now)
    # row: D-063 who belongs to a unit is admitted by those of it who hold the power, and by nobody else
    present = await repository.relations_of(tx, unit_id, from_day=today)
    granters = _own(present, who, today)
    if not granters:
        raise MayNotAdmit()
    if sum(row.granted_by is not None for row in present) >= MOST_ADMITTED:
        raise HouseholdFull(most=MOST_ADMITTED)
    granter = granters[0]
    try:
        powers = admitted_powers(body.role, body.powers, granter.powers)
    except ValueError as problem:
        fault = FieldError(
            "powers",
            f"您本人没有此权限，不能授予他人：{problem.args[0]}",
            f"You do not hold this power yourself and cannot give it: {problem.args[0]}",
        )
        raise HouseholdInvalid(fields=[fault]) from problem
    since, until = body.since or today, body.until or granter.until
    wrong = []
    if since < today:
        wrong.append(FieldError("since", "开始日期不能早于今天", "It cannot begin before today"))
    if until is not None and (until < since or until > (granter.until or until)):
        wrong.append(
            FieldError(
                "until",
                "结束日期不能早于开始日期，也不能晚于您本人的期限",
                "It cannot end before it begins, nor after your own time",
            )
        )
    if wrong:
        raise HouseholdInvalid(fields=wrong)
    person_id = await by_phone(tx, keys, body.phone, body.name, body.locale)
    (id,) = await begin(tx, home, [Begin(person_id, body.role, since, until, powers, granter.id)])
    row = await repository.relation(tx, id)
    assert row is not None  # made above
    told = {"person_id": person_id, "unit_id": unit_id, "admitted_by": who.sub}
    tx.emit(
        "household.admitted.v1",
        subject=id,
        seq=row.version,
        community_id=home.community_id,
        data={**{name: str(value) for name, value in told.items()}, "role": body.role},
    )
    return row


async def admissions(tx: Tx, who: Principal, unit_id: UUID) -> Sequence[Row[Any]]:
    """Whom the household admitted; of a resident's own unit only those whom they, or those whom they admitted, did.

    Raises NoSuchUnit.
    """
    await visible_unit(tx, who, unit_id)
    rows = await repository.admitted(tx, unit_id)
    if not who.is_resident:
        return rows
    mine = {row.id for row in await repository.relations_of(tx, unit_id) if row.person_id == who.sub}
    seen = depends_on([(row.id, row.granted_by) for row in rows], mine)
    return [row for row in rows if row.id in seen]


async def end(tx: Tx, who: Principal, relation_id: UUID, body: EndIn) -> Row[Any]:
    """End a relation and all that was granted by it: by the desk, by whoever granted it, or one's own.

    Raises:
        NoSuchRelation: unknown, or outside the caller's reach.
        MayNotEnd: a resident, and neither theirs nor granted by theirs.
        RelationOver: it is over by that day.
        HouseholdInvalid: a day before today, from a resident.
    """
    found = await repository.relation(tx, relation_id)
    if found is None:
        raise NoSuchRelation()
    home = await _home_of_relation(tx, who, found.unit_id)
    rows = {row.id: row for row in await repository.relations_of(tx, found.unit_id)}
    row, today = rows[relation_id], home.today(tx.now)
    day = body.on or today
    ended = depends_on([(r.id, r.granted_by) for r in rows.values()], [relation_id])
    if who.is_resident:
        mine = {r.id for r in rows.values() if r.person_id == who.sub and on(today, r.since, r.until)}
        if relation_id not in depends_on([(r.id, r.granted_by) for r in rows.values()], mine):
            raise MayNotEnd()
        if day < today:
            wrong = FieldError("on", "不能早于今天", "It cannot lie before today")
            raise HouseholdInvalid(fields=[wrong])
    if row.until is not None and row.until < day:
        raise RelationOver()
    done = await finish(tx, [r for r in rows.values() if r.id in ended], day)
    # row: C-108 moving out leaves a record: whose relation ended on which day, entered by whom
    await _record(tx, who, home, "move_out", day, done, [], body.note)
    after = await repository.relation(tx, relation_id)
    assert after is not None  # read above
    return after


async def _home_of_relation(tx: Tx, who: Principal, unit_id: UUID) -> Home:
    try:
        return await locked_home(tx, who, unit_id)
    except NoSuchUnit as problem:
        raise NoSuchRelation() from problem


async def transfer(tx: Tx, keys: Vault, who: Principal, unit_id: UUID, body: TransferIn) -> dict[str, Any]:
    """Hand a unit over on a day: what the old owners held and granted ends the day before, the new ones begin.

    Raises:
        NoSuchUnit: unknown, or outside the caller's reach.
        NoSuchPerson, NoSuchRelation: one of those named is.
        TransferTooEarly: an owner of now began on that day or later; the day, or the register, is wrong.
        AlreadyBound: a new owner holds that role in the unit already.
    """
    home = await locked_home(tx, who, unit_id)
    present = await repository.relations_of(tx, unit_id, from_day=body.on)
    unknown = set(body.also_end) - {row.id for row in present}
    if unknown:
        raise NoSuchRelation()
    owners = [row for row in present if row.role in ("owner", "co_owner")]
    if any(row.since >= body.on for row in owners):
        raise TransferTooEarly()
    incoming = [await _incoming(tx, keys, who, one, f"owners.{n}") for n, one in enumerate(body.owners)]
    going = {row.id for row in present if row.granted_by is None and row.role in ENDED_BY_SALE} if owners else set()
    ended = depends_on([(row.id, row.granted_by) for row in present], going | set(body.also_end))
    done = await finish(tx, [row for row in present if row.id in ended], body.on)
    await revoke(tx, [unit_id])  # the paper in the old owner's drawer
    begun = await begin(
        tx, home, [Begin(person, one.role, body.on) for person, one in zip(incoming, body.owners, strict=True)]
    )
    # row: C-105 moving in leaves a record: who began on which day, and whose time ended with it
    return await _record(tx, who, home, "sale" if owners else "move_in", body.on, done, begun, body.note)


async def _incoming(tx: Tx, keys: Vault, who: Principal, one: IncomingIn, path: str) -> UUID:
    if one.person_id is None:
        assert one.phone is not None  # the schema wants either
        return await by_phone(tx, keys, one.phone, one.name)
    known = await repository.living(tx, [one.person_id])
    if not known or await hidden_people(tx, who, known):
        zh, en = "没有这个人，或者您无权查看", "There is no such person within your reach"
        raise HouseholdInvalid(fields=[FieldError(f"{path}.person_id", zh, en)])
    return one.person_id


async def _record(
    tx: Tx,
    who: Principal,
    home: Home,
    kind: str,
    day: date,
    ended: Sequence[UUID],
    begun: Sequence[UUID],
    note: str | None,
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": uuid7(),
        "version": 1,
        "created_at": tx.now,
        "updated_at": tx.now,
        "unit_id": home.id,
        "community_id": home.community_id,
        "kind": kind,
        "on": day,
        "ended": list(ended),
        "begun": list(begun),
        "recorded_by": who.sub,
        "note": note,
    }
    await repository.insert_move(tx, row)
    told = {"kind": kind, "unit_id": home.id, "on": day, "ended": list(ended), "begun": list(begun)}
    tx.audit("unit.handed_over", "move", row["id"], after=told)
    data = {"unit_id": str(home.id), "kind": kind, "on": day.isoformat()}
    tx.emit(
        "unit.handed_over.v1",
        subject=row["id"],
        seq=1,
        community_id=home.community_id,
        data={**data, "ended": [str(id) for id in ended], "begun": [str(id) for id in begun]},
    )
    return row


async def moves(tx: Tx, who: Principal, unit_id: UUID) -> Sequence[Row[Any]]:
    """The moves of a unit. Raises NoSuchUnit."""
    await visible_unit(tx, who, unit_id)
    return await repository.moves_of(tx, unit_id)
