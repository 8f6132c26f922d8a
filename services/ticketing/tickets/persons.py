"""The statements that ask for tickets by a person: whose they are, what erasure takes out of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, null, or_, select, update

from services.ticketing.models import people, staff, ticket_entries, ticket_signatures, tickets
from shared.db.tx import Tx


def _about(tx: Tx, person_id: UUID) -> list[ColumnElement[bool]]:
    contact = tickets.c.contact["person_id"].astext
    return [tickets.c.org_id == tx.org_id, or_(tickets.c.reporter_id == person_id, contact == str(person_id))]


async def of_person(tx: Tx, person_id: UUID) -> Sequence[Row[Any]]:
    """The tickets that somebody reported, or is the contact of."""
    return await tx.rows(select(tickets).where(*_about(tx, person_id)).order_by(tickets.c.id))


async def public_entries(tx: Tx, ticket_ids: Sequence[UUID]) -> Sequence[Row[Any]]:
    """The public history of these tickets."""
    c = ticket_entries.c
    wanted = select(ticket_entries).where(c.org_id == tx.org_id, c.ticket_id.in_(list(ticket_ids)), c.public)
    return await tx.rows(wanted.order_by(c.id))


async def holds_person(tx: Tx, person_id: UUID) -> bool:
    """Whether somebody is on the register and not erased; an erasure under way is waited for, a later one waits."""
    c = people.c
    row = await tx.one_or_none(
        select(c.erased_at).where(c.org_id == tx.org_id, c.id == person_id).with_for_update(read=True)
    )
    return row is not None and row.erased_at is None


async def works_here(tx: Tx, staff_id: UUID) -> bool:
    """Whether somebody is an employee on the register who has not left."""
    c = staff.c
    wanted = select(c.id).where(c.org_id == tx.org_id, c.id == staff_id, c.left_at.is_(None), c.erased_at.is_(None))
    return await tx.scalar(wanted) is not None


async def signers_of_file(tx: Tx, file_id: UUID) -> Sequence[UUID]:
    """Whose signature a file shows, by the key it is kept under."""
    c = ticket_signatures.c
    rows = await tx.rows(select(c.person_id).where(c.org_id == tx.org_id, c.file_id == file_id))
    return [row.person_id for row in rows]


async def forget_contacts(tx: Tx, person_id: UUID) -> Sequence[UUID]:
    """Remove the contacts that speak of a person; the ids of the tickets that had one."""
    found = await tx.rows(
        update(tickets)
        .where(*_about(tx, person_id), tickets.c.contact.is_not(None))
        .values(contact=null(), version=tickets.c.version + 1, updated_at=tx.now)
        .returning(tickets.c.id)
    )
    return [row.id for row in found]


async def signatures_of_person(tx: Tx, person_id: UUID) -> Sequence[Row[Any]]:
    """Signatures that are sealed under a person's key."""
    c = ticket_signatures.c
    return await tx.rows(
        select(ticket_signatures).where(c.org_id == tx.org_id, c.person_id == person_id).order_by(c.id)
    )
