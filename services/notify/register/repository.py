"""Reads and writes of the copied register. Set-based: one statement for a run of events."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select, update
from sqlalchemy.engine import Row

from services.notify.models import contacts, ref_communities, ref_relations, ref_staff, ref_tickets, ref_units
from shared.db.helpers import upsert_rows
from shared.db.tx import Tx

CONTACT_FIELDS = ("name", "email", "phone", "locale")


@dataclass(frozen=True)
class Contact:
    """How a person can be reached and addressed."""

    id: UUID
    name: str | None
    email: str | None
    phone: str | None
    locale: str


async def put_contacts(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store copies of people (id, seq, name, email, phone, locale); older versions and erased people stay as
    they are."""
    erased = await erased_among(tx, {row["id"] for row in rows})
    fresh = {row["id"]: {**row, "erased_at": None} for row in rows if row["id"] not in erased}
    await upsert_rows(tx, contacts, list(fresh.values()), update=("seq", *CONTACT_FIELDS), newer="seq")


async def erased_among(tx: Tx, ids: Collection[UUID]) -> set[UUID]:
    """Those of these people who have been erased."""
    if not ids:
        return set()
    found = await tx.rows(
        select(contacts.c.id).where(
            contacts.c.org_id == tx.org_id, contacts.c.id.in_(ids), contacts.c.erased_at.is_not(None)
        )
    )
    return {row.id for row in found}


async def erase_contacts(tx: Tx, versions: Mapping[UUID, int]) -> None:
    """Drop the copies of these people and remember that they were erased (id -> version of the person)."""
    rows = [
        {
            "id": person,
            "seq": version,
            "name": None,
            "email": None,
            "phone": None,
            "locale": "zh",
            "erased_at": tx.now,
        }
        for person, version in versions.items()
    ]
    await upsert_rows(tx, contacts, rows, update=("seq", *CONTACT_FIELDS, "erased_at"))
    await tx.execute(
        ref_staff.update()
        .where(ref_staff.c.org_id == tx.org_id, ref_staff.c.id.in_(list(versions)))
        .values(roles=[], units=[])
    )


async def repoint(tx: Tx, loser: UUID, survivor: UUID) -> None:
    """Let relations and tickets that name the one name the other."""
    for column in (ref_relations.c.person_id, ref_tickets.c.reporter_id):
        table = ref_relations if column.table is ref_relations else ref_tickets
        await tx.execute(
            update(table).where(table.c.org_id == tx.org_id, column == loser).values({column.name: survivor})
        )


async def put_communities(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store copies of communities; an older copy never replaces a newer one."""
    await upsert_rows(tx, ref_communities, rows, update=("seq", "name", "path", "timezone"), newer="seq")


async def put_units(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store copies of units; an older copy never replaces a newer one."""
    await upsert_rows(tx, ref_units, rows, update=("seq", "community_id", "number"), newer="seq")


async def put_relations(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store copies of relations; an older copy never replaces a newer one."""
    columns = ("seq", "person_id", "unit_id", "role", "since", "until")
    await upsert_rows(tx, ref_relations, rows, update=columns, newer="seq")


async def put_staff(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store who works where in which roles; an older copy never replaces a newer one."""
    await upsert_rows(tx, ref_staff, rows, update=("seq", "roles", "units"), newer="seq")


async def staff_with(tx: Tx, roles: Collection[str], units: Collection[UUID]) -> Sequence[Row[Any]]:
    """Employees who hold any of these roles at any of these org units, with both."""
    s = ref_staff
    return await tx.rows(
        select(s.c.id, s.c.roles, s.c.units)
        .where(s.c.org_id == tx.org_id, s.c.roles.overlap(list(roles)), s.c.units.overlap(list(units)))
        .order_by(s.c.id)
    )


async def put_tickets(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Remember tickets by id; a ticket's number, kind, unit and reporter do not change."""
    await upsert_rows(tx, ref_tickets, rows, update=("number",), newer="seq")


async def tickets_by_id(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Row[Any]]:
    """The remembered tickets among these."""
    t = ref_tickets
    found = await tx.rows(
        select(t.c.id, t.c.number, t.c.kind, t.c.unit_id, t.c.reporter_id).where(
            t.c.org_id == tx.org_id, t.c.id.in_(ids)
        )
    )
    return {row.id: row for row in found}


async def households(tx: Tx, unit_ids: Collection[UUID]) -> Sequence[Row[Any]]:
    """Everything a run of events needs to know of its units, in one query: unit, community and, one row each,
    the people tied to it with their contacts (null where a unit has none or a person is not known yet)."""
    u, c, r, p = ref_units, ref_communities, ref_relations, contacts
    joined = (
        u.outerjoin(c, and_(c.c.org_id == u.c.org_id, c.c.id == u.c.community_id))
        .outerjoin(r, and_(r.c.org_id == u.c.org_id, r.c.unit_id == u.c.id))
        .outerjoin(p, and_(p.c.org_id == r.c.org_id, p.c.id == r.c.person_id))
    )
    return await tx.rows(
        select(
            u.c.id.label("unit_id"),
            u.c.number,
            u.c.community_id,
            c.c.name.label("community"),
            c.c.timezone,
            r.c.person_id,
            r.c.role,
            r.c.since,
            r.c.until,
            p.c.name,
            p.c.email,
            p.c.phone,
            p.c.locale,
            p.c.erased_at,
        )
        .select_from(joined)
        .where(u.c.org_id == tx.org_id, u.c.id.in_(unit_ids))
        .order_by(u.c.id, r.c.id)
    )


async def contacts_by_id(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Row[Any]]:
    """The copies of these people (with `erased_at`), as far as they are known."""
    if not ids:
        return {}
    p = contacts
    found = await tx.rows(
        select(p.c.id, p.c.name, p.c.email, p.c.phone, p.c.locale, p.c.erased_at).where(
            p.c.org_id == tx.org_id, p.c.id.in_(ids)
        )
    )
    return {row.id: row for row in found}


async def paths_of(tx: Tx, communities: Collection[UUID]) -> dict[UUID, tuple[UUID, ...]]:
    """The org units above these communities, the root first, each community itself last."""
    if not communities:
        return {}
    c = ref_communities
    found = await tx.rows(select(c.c.id, c.c.path).where(c.c.org_id == tx.org_id, c.c.id.in_(communities)))
    return {row.id: (*row.path, row.id) for row in found}


async def visible_communities(tx: Tx, org_units: Collection[UUID]) -> list[UUID]:
    """The communities under any of these org units."""
    c = ref_communities
    found = await tx.rows(select(c.c.id).where(c.c.org_id == tx.org_id, c.c.path.overlap(list(org_units))))
    return [row.id for row in found]
