"""Statements on duplicates: pairs that look like one person, and everything that names the one who goes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Row, and_, func, literal, or_, select, tuple_, update

from services.ticketing import access
from services.ticketing.models import (
    activation_codes,
    archives,
    binding_requests,
    call_returns,
    calls,
    communities,
    files,
    mail_messages,
    people,
    relations,
    tickets,
    visits,
)
from services.ticketing.people.repository import people_reach
from shared.auth import Principal
from shared.db.tx import Tx
from shared.http.paging import PageQuery

#: What names a person and is pointed to whoever survives a merge; relations are moved one by one, with their events.
#: Histories, signatures and answers are never changed: they name the one who went, who stays resolvable.
POINTERS: Final[Sequence[Column[Any]]] = (
    tickets.c.reporter_id,
    tickets.c.recorded_by,
    archives.c.person_id,
    files.c.uploaded_by,
    binding_requests.c.person_id,
    activation_codes.c.used_by,
    calls.c.person_id,
    call_returns.c.person_id,
    visits.c.person_id,
    mail_messages.c.person_id,
)


async def pairs(tx: Tx, who: Principal, page: PageQuery) -> Sequence[Row[Any]]:
    """Pairs of people within reach with the same phone, or the same name and a unit in common, in one order."""
    first, second = people.alias("first"), people.alias("second")
    here, there = relations.alias("here"), relations.alias("there")
    shared_unit = (
        select(literal(1))
        .select_from(here.join(there, and_(there.c.org_id == here.c.org_id, there.c.unit_id == here.c.unit_id)))
        .where(
            here.c.org_id == tx.org_id,
            here.c.person_id == first.c.id,
            there.c.person_id == second.c.id,
        )
        .exists()
    )
    same_phone = func.coalesce(first.c.phone == second.c.phone, literal(False))
    same_home = and_(func.coalesce(first.c.name == second.c.name, literal(False)), shared_unit)
    mine = select(people.c.id).where(people.c.org_id == tx.org_id, *people_reach(tx, who))
    # Only people of one phone, or of one unit, are compared: two look-ups by index for each person, never all with all.
    housemates = (
        select(there.c.person_id)
        .select_from(here.join(there, and_(there.c.org_id == here.c.org_id, there.c.unit_id == here.c.unit_id)))
        .where(here.c.org_id == tx.org_id, here.c.person_id == first.c.id)
    )
    wanted = (
        select(
            first.c.id.label("first_id"),
            first.c.name.label("first_name"),
            first.c.phone.label("first_phone"),
            second.c.id.label("second_id"),
            second.c.name.label("second_name"),
            second.c.phone.label("second_phone"),
            same_phone.label("same_phone"),
            same_home.label("same_name_and_unit"),
        )
        .select_from(
            first.join(
                second,
                and_(
                    second.c.org_id == first.c.org_id,
                    second.c.id > first.c.id,
                    or_(second.c.phone == first.c.phone, second.c.id.in_(housemates)),
                ),
            )
        )
        .where(
            first.c.org_id == tx.org_id,
            *(p.c.merged_into.is_(None) for p in (first, second)),
            *(p.c.erased_at.is_(None) for p in (first, second)),
            first.c.id.in_(mine),
            second.c.id.in_(mine),
            or_(same_phone, same_home),
        )
    )
    if page.after is not None:
        seen = (page.after.uuid("first"), page.after.uuid("second"))
        wanted = wanted.where(tuple_(first.c.id, second.c.id) > tuple_(*map(literal, seen)))
    return await tx.rows(wanted.order_by(first.c.id, second.c.id).limit(page.limit + 1))


async def lock_both(
    tx: Tx, ids: Collection[UUID], conditions: Sequence[ColumnElement[bool]]
) -> dict[UUID, Row[Any]]:
    """These people in one order, against everybody who binds, changes or merges them at the same time."""
    rows = await tx.rows(
        select(people)
        .where(people.c.org_id == tx.org_id, people.c.id.in_(sorted(ids)), *conditions)
        .order_by(people.c.id)
        .with_for_update()
    )
    return {row.id: row for row in rows}


async def elsewhere(tx: Tx, who: Principal, ids: Collection[UUID]) -> bool:
    """Whether one of these people belongs to a community outside the caller's reach, too."""
    if access.sees_everything(tx, who):
        return False
    found = await tx.scalar(
        select(literal(1))
        .select_from(
            relations.join(
                communities,
                and_(communities.c.org_id == relations.c.org_id, communities.c.id == relations.c.community_id),
            )
        )
        .where(
            relations.c.org_id == tx.org_id,
            relations.c.person_id.in_(sorted(ids)),
            ~access.under_units(who, communities.c.path),
        )
        .limit(1)
    )
    return found is not None


async def relations_of(tx: Tx, person_id: UUID) -> Sequence[Row[Any]]:
    """All relations of somebody, locked."""
    r = relations.c
    return await tx.rows(
        select(relations).where(r.org_id == tx.org_id, r.person_id == person_id).order_by(r.id).with_for_update()
    )


async def repoint(tx: Tx, loser: UUID, survivor: UUID) -> Mapping[str, int]:
    """Point everything that names the one to the other; how many rows of each table."""
    changed = {}
    for column in POINTERS:
        table = column.table
        result = await tx.execute(
            update(table)
            .where(table.c.org_id == tx.org_id, column == loser)
            .values({column.name: survivor, "version": table.c.version + 1, "updated_at": tx.now})
        )
        changed[f"{table.name}.{column.name}"] = result.rowcount
    # The contact of a case may name its person, too; those of the loser's own cases are the ones that can.
    contact = tickets.c.contact
    await tx.execute(
        update(tickets)
        .where(
            tickets.c.org_id == tx.org_id,
            tickets.c.reporter_id == survivor,
            contact["person_id"].astext == str(loser),
        )
        .values(contact=contact.op("||")(func.jsonb_build_object("person_id", str(survivor))))
    )
    # Who had been merged into the loser before: one step leads to whoever survives.
    await tx.execute(
        update(people)
        .where(people.c.org_id == tx.org_id, people.c.merged_into == loser)
        .values(merged_into=survivor, version=people.c.version + 1, updated_at=tx.now)
    )
    return changed


async def relink(tx: Tx, loser: UUID, survivor: UUID) -> None:
    """Outside accounts (WeChat) that signed the one in sign the other in; phones follow the register by themselves."""
    await tx.raw.execute(
        "UPDATE ticketing.identities i SET subject_id = $3 WHERE organisation_id = $1 AND subject_id = $2 "
        "AND NOT EXISTS (SELECT 1 FROM ticketing.identities o WHERE o.organisation_id = $1 AND o.subject_id = $3 "
        "AND o.kind = i.kind AND o.key = i.key)",
        tx.org_id,
        loser,
        survivor,
    )
    await tx.raw.execute(
        "DELETE FROM ticketing.identities WHERE organisation_id = $1 AND subject_id = $2", tx.org_id, loser
    )
