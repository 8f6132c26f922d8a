"""Statements on people: who is within somebody's reach, and what erasure destroys."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Table, and_, any_, delete, exists, func, literal, or_, select, update

from services.ticketing import access
from services.ticketing.models import communities, metadata, org_units, people, relations, staff
from services.ticketing.residents import residence
from shared.auth import Principal
from shared.db.tx import Tx

person_keys = metadata.tables["ticketing.person_keys"]


def _relation_within_reach(tx: Tx, who: Principal) -> ColumnElement[bool]:
    return exists().where(
        relations.c.org_id == tx.org_id,
        # Whoever was merged away is found by those who reach the survivor.
        relations.c.person_id == func.coalesce(people.c.merged_into, people.c.id),
        relations.c.community_id.in_(
            select(communities.c.id).where(
                communities.c.org_id == tx.org_id, access.under_units(who, communities.c.path)
            )
        ),
    )


def people_reach(tx: Tx, who: Principal) -> list[ColumnElement[bool]]:
    """Conditions on people: residents see themselves, staff whoever is connected with their communities."""
    if who.is_resident:
        return [people.c.id == who.sub]
    if access.sees_everything(tx, who):
        return []
    return [_relation_within_reach(tx, who)]


async def relations_reach(tx: Tx, who: Principal) -> list[ColumnElement[bool]]:
    """Conditions on relations: staff by scope; residents their own, and those of their units in their time there."""
    c = relations.c
    if not who.is_resident:
        return access.within_reach(tx, who, community_column=c.community_id)
    # What ended before somebody came is reached by nobody new: a relation counts at the end of its last day.
    held = await residence(tx, who)
    arms: list[ColumnElement[bool]] = [c.person_id == who.sub]
    for unit, since in sorted(held.items()):
        in_time = or_(c.until.is_(None), c.until >= since.date()) if since is not None else literal(True)
        arms.append(and_(c.unit_id == unit, in_time))
    return [or_(*arms)]


def staff_reach(tx: Tx, who: Principal) -> list[ColumnElement[bool]]:
    """Conditions on staff: themselves, and whoever is assigned to an org unit at or below theirs."""
    if access.sees_everything(tx, who):
        return []
    below = exists().where(
        org_units.c.org_id == tx.org_id,
        org_units.c.id == any_(staff.c.units),
        access.under_units(who, org_units.c.path),
    )
    return [or_(staff.c.id == who.sub, below)]


async def reaches(tx: Tx, who: Principal, id: UUID) -> bool:
    """Whether a person or employee of this id is within the caller's reach; an unknown one is within the whole's."""
    if access.sees_everything(tx, who):
        return True
    for table, reach in ((staff, staff_reach), (people, people_reach)):
        if await by_ids(tx, table, [id], reach(tx, who)):
            return True
    return False


async def hidden_people(tx: Tx, who: Principal, ids: Collection[UUID]) -> set[UUID]:
    """Of these people, those who belong to other communities alone; people connected with none are nobody's yet."""
    if not ids or access.sees_everything(tx, who):
        return set()
    connected = exists().where(relations.c.org_id == tx.org_id, relations.c.person_id == people.c.id)
    rows = await tx.rows(
        select(people.c.id).where(
            people.c.org_id == tx.org_id,
            people.c.id.in_(sorted(ids)),
            and_(connected, ~_relation_within_reach(tx, who)),
        )
    )
    return {row.id for row in rows}


async def visible_communities(tx: Tx, who: Principal, ids: Collection[UUID]) -> set[UUID]:
    """Of these communities, those within the caller's reach."""
    if not ids or access.sees_everything(tx, who):
        return set(ids)
    rows = await tx.rows(
        select(communities.c.id).where(
            communities.c.org_id == tx.org_id,
            communities.c.id.in_(sorted(ids)),
            access.under_units(who, communities.c.path),
        )
    )
    return {row.id for row in rows}


async def by_ids(
    tx: Tx, table: Table, ids: Collection[UUID], conditions: Sequence[ColumnElement[bool]]
) -> Sequence[Row[Any]]:
    """Rows of these ids that fulfil the conditions, in the order of their ids."""
    c = table.c
    return await tx.rows(
        select(table).where(c.org_id == tx.org_id, c.id.in_(sorted(set(ids))), *conditions).order_by(c.id)
    )


async def lock_person(
    tx: Tx, id: UUID, conditions: Sequence[ColumnElement[bool]]
) -> Row[Any] | None:
    """One person, locked until the commit."""
    return await tx.one_or_none(
        select(people)
        .where(people.c.org_id == tx.org_id, people.c.id == id, *conditions)
        .with_for_update(key_share=True)
    )


async def living_by_phone(tx: Tx, phone: str) -> Sequence[Row[Any]]:
    """People of the register with this phone number, the longest known first; neither erased nor merged away."""
    return await tx.rows(
        select(people.c.id, people.c.name)
        .where(
            people.c.org_id == tx.org_id,
            people.c.phone == phone,
            people.c.erased_at.is_(None),
            people.c.merged_into.is_(None),
        )
        .order_by(people.c.id)
        .limit(50)
        .with_for_update(read=True, key_share=True)  # against being merged away before the relation is stored
    )


async def write_person(tx: Tx, row: Row[Any], values: Mapping[str, Any]) -> None:
    """Write columns and the next version of a locked person."""
    await tx.execute(
        update(people)
        .where(people.c.org_id == tx.org_id, people.c.id == row.id)
        .values(**values, version=row.version + 1, updated_at=tx.now)
    )


def released(row: Row[Any]) -> dict[str, Any]:
    """What frees the phone of somebody who came by the app for a new arrival, and leaves no trace of the number."""
    return {"external_id": str(row.id)} if row.source == "app" else {}


async def erase(tx: Tx, row: Row[Any]) -> None:
    """Blank a person's fields and destroy the key under which the audit log holds them."""
    blank = {"name": None, "phone": None, "email": None, "erased_at": tx.now}
    await write_person(tx, row, blank | released(row))
    ids = [row.id, *(other.id for other in await merged_rows(tx, row.id))]
    await tx.execute(
        delete(person_keys).where(person_keys.c.org_id == tx.org_id, person_keys.c.person_id.in_(ids))
    )


async def merged_rows(tx: Tx, person_id: UUID) -> Sequence[Row[Any]]:
    """Who was merged into somebody, with their versions: what is held of them is this person's, too."""
    return await tx.rows(
        select(people.c.id, people.c.version)
        .where(people.c.org_id == tx.org_id, people.c.merged_into == person_id)
        .order_by(people.c.id)
    )
