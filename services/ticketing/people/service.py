"""People, relations and staff: imported in bulk, read masked, opened with a reason, erased for good."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row as DbRow

from services.ticketing.assignments.repository import holdings
from services.ticketing.domain.duties import GUARDED_ROLES
from services.ticketing.domain.register import relation_powers
from services.ticketing.domain.staffing import standing
from services.ticketing.errors import NoSuchPerson
from services.ticketing.models import org_units, people, relations, staff, units
from services.ticketing.people import repository
from services.ticketing.people.schemas import (
    PeopleBulk,
    PersonIn,
    PersonOut,
    RelationIn,
    RelationsBulk,
    StaffBulk,
    StaffIn,
    person_out,
)
from services.ticketing.personal.openings import opened
from services.ticketing.register.bulk import Batch, Draft, Entity, Fault, store, unknown_reference
from services.ticketing.register.repository import by_references, locked
from services.ticketing.register.schemas import BulkOut
from services.ticketing.sessions.identities import follow
from shared.auth import Principal
from shared.db.tx import Tx

ERASED: Fault = (
    "external_id",
    "此人的个人信息已被删除，不能重新导入",
    "This person's data was erased and cannot be imported again",
)
MERGED: Fault = (
    "external_id",
    "此人已合并到其他档案，请更新合并后的档案",
    "This person was merged into another; change the one that survived",
)
LEFT: Fault = (
    "external_id",
    "此人已办理离职；返聘请使用新的工号",
    "This member of staff has left; whoever comes back gets a new code",
)


def _person_event(id: UUID, version: int, values: Mapping[str, Any]) -> tuple[dict[str, Any], UUID | None]:
    return {"version": version}, None


def _relation_event(id: UUID, version: int, values: Mapping[str, Any]) -> tuple[dict[str, Any], UUID | None]:
    return (
        {
            "person_id": str(values["person_id"]),
            "unit_id": str(values["unit_id"]),
            "role": values["role"],
            "since": values["since"].isoformat(),
            "until": None if values["until"] is None else values["until"].isoformat(),
            "powers": list(values["powers"]),
        },
        values["community_id"],
    )


def _staff_event(id: UUID, version: int, values: Mapping[str, Any]) -> tuple[dict[str, Any], UUID | None]:
    return (
        {"person_id": str(id), "roles": list(values["roles"]), "units": [str(unit) for unit in values["units"]]},
        None,
    )


_PERSONAL = ("name", "phone", "email")
PERSON = Entity("person", people, ("name", "phone", "email", "locale"), _person_event, _PERSONAL)
RELATION = Entity(
    "relation",
    relations,
    ("person_id", "unit_id", "community_id", "role", "since", "until", "powers"),
    _relation_event,
)
STAFF_ENTITY = Entity(
    "staff",
    staff,
    ("name", "phone", "email", "locale", "roles", "units", "base_roles", "base_units"),
    _staff_event,
    _PERSONAL,
)


async def bulk_people(tx: Tx, who: Principal, body: PeopleBulk) -> BulkOut:
    """Store people. A caller of some communities may not rewrite people who belong to others alone."""
    batch: Batch[PersonIn] = Batch(body)
    drafts = [
        Draft(
            index,
            item.external_id,
            {"name": item.name, "phone": item.phone, "email": item.email, "locale": item.locale},
        )
        for index, item in batch.rows
    ]
    known = await locked(tx, people, batch.source, {draft.external_id for draft in drafts})
    hidden = await repository.hidden_people(tx, who, {row.id for row in known.values()})

    def guard(row: DbRow[Any], draft: Draft) -> Fault | None:
        if row.id in hidden:
            return unknown_reference("external_id", draft.external_id)
        # A source that still sends somebody who was merged away does not bring them back.
        if row.merged_into is not None:
            return MERGED
        return ERASED if row.erased_at is not None else None

    await store(tx, PERSON, batch, drafts, guard)
    follow(tx, "person", [change.id for change in (*batch.created, *batch.updated)])
    return batch.answer()


async def bulk_relations(tx: Tx, who: Principal, body: RelationsBulk) -> BulkOut:
    """Store relations of people to units within the caller's reach; powers default by role."""
    batch: Batch[RelationIn] = Batch(body)
    persons = await by_references(tx, people, batch.source, {item.person for _, item in batch.rows})
    homes = await by_references(tx, units, batch.source, {item.unit for _, item in batch.rows})
    visible = await repository.visible_communities(tx, who, {row.community_id for row in homes.values()})
    hidden = await repository.hidden_people(tx, who, {row.id for row in persons.values()})
    drafts = []
    for index, item in batch.rows:
        home = homes.get(item.unit)
        if home is None or home.community_id not in visible:
            batch.refuse(index, item.external_id, unknown_reference("unit", item.unit))
            continue
        person = persons.get(item.person)
        if person is None or person.id in hidden or person.erased_at is not None:
            batch.refuse(index, item.external_id, unknown_reference("person", item.person))
            continue
        values = {
            "person_id": person.merged_into or person.id,
            "unit_id": home.id,
            "community_id": home.community_id,
            "role": item.role,
            "since": item.since,
            "until": item.until,
            "powers": list(relation_powers(item.role, item.powers)),
        }
        drafts.append(Draft(index, item.external_id, values))
    known = await locked(tx, relations, batch.source, {draft.external_id for draft in drafts})
    mine = await repository.visible_communities(tx, who, {row.community_id for row in known.values()})

    def guard(row: DbRow[Any], draft: Draft) -> Fault | None:
        # A row that a concurrent import has just made was checked by its unit above, unless it moved it elsewhere.
        if row.community_id in mine or row.community_id == draft.values["community_id"]:
            return None
        return unknown_reference("external_id", draft.external_id)

    await store(tx, RELATION, batch, drafts, guard)
    return batch.answer()


async def bulk_staff(tx: Tx, who: Principal, body: StaffBulk) -> BulkOut:
    """Store staff assigned to org units within the caller's reach.

    Each change is told twice: ``staff.upserted`` for who works where, ``person.upserted`` for those who keep contacts.
    """
    batch: Batch[StaffIn] = Batch(body)
    wanted = {unit for _, item in batch.rows for unit in item.units}
    found = await by_references(tx, org_units, batch.source, wanted)
    drafts = []
    for index, item in batch.rows:
        missing = [u for u in item.units if (row := found.get(u)) is None or not who.sees(row.path)]
        if missing:
            batch.refuse(index, item.external_id, unknown_reference("units", missing[0]))
            continue
        guarded = GUARDED_ROLES & set(item.roles)
        if guarded and "admin" not in who.roles:
            name = min(guarded)
            fault = ("roles", f"只有系统管理员可以授予 {name} 角色", f"Only an administrator may give the role {name}")
            batch.refuse(index, item.external_id, fault)
            continue
        values = {
            "name": item.name,
            "phone": item.phone,
            "email": item.email,
            "locale": item.locale,
            "roles": sorted(set(item.roles)),
            "units": sorted({found[unit].id for unit in item.units}),
            "base_roles": None,
            "base_units": None,
        }
        drafts.append(Draft(index, item.external_id, values))
    known = await locked(tx, staff, batch.source, {draft.external_id for draft in drafts})
    await _with_assignments(tx, known, drafts)
    mine = await repository.by_ids(
        tx, staff, {row.id for row in known.values()}, repository.staff_reach(tx, who)
    )
    visible = {row.id for row in mine}

    def guard(row: DbRow[Any], draft: Draft) -> Fault | None:
        if row.external_id in known and row.id not in visible:
            return unknown_reference("external_id", draft.external_id)
        if GUARDED_ROLES & set(row.roles) and "admin" not in who.roles:
            return ("roles", "只有系统管理员可以更改此账号", "Only an administrator may change this account")
        if row.left_at is not None:
            return LEFT
        return ERASED if row.erased_at is not None else None

    await store(tx, STAFF_ENTITY, batch, drafts, guard)
    follow(tx, "staff", [change.id for change in (*batch.created, *batch.updated)])
    for change in (*batch.created, *batch.updated):
        tx.emit(
            "person.upserted.v1", subject=change.id, seq=change.version, data={"version": change.version}
        )
    return batch.answer()


async def _with_assignments(tx: Tx, known: Mapping[str, DbRow[Any]], drafts: Sequence[Draft]) -> None:
    """Whoever holds dated assignments keeps them: a source tells only what stands without a date."""
    held = await holdings(tx, {row.id for row in known.values()})
    for draft in drafts:
        row = known.get(draft.external_id)
        if row is None or row.id not in held:
            continue
        values = draft.values
        values |= {"base_roles": values["roles"], "base_units": values["units"]}
        now = standing(values["roles"], values["units"], held[row.id], tx.now, None)
        values |= {"roles": list(now.roles), "units": list(now.units)}


def reads_in_full(who: Principal, person_id: UUID) -> bool:
    """Whether personal fields are shown without a recorded opening: to peers, and to people about themselves."""
    return who.kind == "service" or who.sub == person_id


async def people_by_ids(tx: Tx, who: Principal, ids: Collection[UUID]) -> Sequence[PersonOut]:
    """People and employees of these ids, as far as the caller sees them; unknown ids are left out."""
    rows = await repository.by_ids(tx, people, ids, repository.people_reach(tx, who))
    found = [person_out(row, masked=not reads_in_full(who, row.id)) for row in rows]
    left = set(ids) - {row.id for row in rows}
    if left and not who.is_resident:
        employees = await repository.by_ids(tx, staff, left, repository.staff_reach(tx, who))
        found += [person_out(row, masked=not reads_in_full(who, row.id), kind="staff") for row in employees]
    return found


async def open_people(tx: Tx, who: Principal, ids: Collection[UUID], reason: str) -> Sequence[PersonOut]:
    """Personal fields in full; who opened whose, when and why is recorded.

    Raises:
        NoSuchPerson: one of them is unknown or outside the caller's reach; none is opened then.
    """
    rows = await repository.by_ids(tx, people, ids, repository.people_reach(tx, who))
    found = [person_out(row, masked=False) for row in rows]
    left = set(ids) - {row.id for row in rows}
    if left:
        employees = await repository.by_ids(tx, staff, left, repository.staff_reach(tx, who))
        found += [person_out(row, masked=False, kind="staff") for row in employees]
    if len(found) < len(set(ids)):
        raise NoSuchPerson()
    for person in found:
        opened(tx, f"{person.kind}.opened", person.kind, person.id, person_id=person.id, reason=reason)
    return found
