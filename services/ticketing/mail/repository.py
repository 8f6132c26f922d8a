"""The statements of mail."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from services.ticketing.models import mail_messages, people, relations, tickets
from shared.db.tx import Tx

_C = mail_messages.c


async def known(tx: Tx, connection_id: UUID, message_id: str) -> Row[Any] | None:
    """A message that came before."""
    return await tx.one_or_none(
        select(mail_messages).where(
            _C.org_id == tx.org_id, _C.connection_id == connection_id, _C.message_id == message_id
        )
    )


async def claim(tx: Tx, row: Mapping[str, Any]) -> bool:
    """Store a message; False when it came before, also at this moment."""
    made = await tx.execute(
        pg_insert(mail_messages)
        .values(org_id=tx.org_id, version=1, created_at=tx.now, updated_at=tx.now, received_at=tx.now, **row)
        .on_conflict_do_nothing(index_elements=["org_id", "connection_id", "message_id"])
    )
    return made.rowcount == 1


async def settle(tx: Tx, id: UUID, values: Mapping[str, Any]) -> None:
    """Write what became of a message stored in this transaction."""
    await tx.execute(update(mail_messages).where(_C.org_id == tx.org_id, _C.id == id).values(**values))


async def opened_since(tx: Tx, sender: str, since: datetime) -> int:
    """How many cases a sender opened since an instant."""
    found: int = await tx.scalar(
        select(func.count()).where(
            _C.org_id == tx.org_id, _C.sender == sender, _C.received_at > since, _C.outcome == "opened"
        )
    )
    return found


async def ticket_of(
    tx: Tx, connection: Row[Any], number: str | None, references: Collection[str]
) -> Row[Any] | None:
    """The case of the mailbox's community that a number, or else an earlier message, names; the latest of them."""
    c = tickets.c
    wanted = [c.org_id == tx.org_id, c.community_id == connection.community_id]
    if number is not None:
        return await tx.one_or_none(select(tickets).where(*wanted, c.number == number))
    if not references:
        return None
    named = select(_C.ticket_id).where(
        _C.org_id == tx.org_id, _C.connection_id == connection.id, _C.message_id.in_(sorted(references))
    )
    return await tx.one_or_none(select(tickets).where(*wanted, c.id.in_(named)).order_by(c.id.desc()).limit(1))


async def senders_of(tx: Tx, ticket: Row[Any]) -> set[str]:
    """Addresses that belong to a case, in small letters: the reporter's, the contact's, and whose mail opened it."""
    found = {str((ticket.contact or {}).get("email") or "").lower()}
    if ticket.reporter_id is not None:
        email = await tx.scalar(
            select(people.c.email).where(people.c.org_id == tx.org_id, people.c.id == ticket.reporter_id)
        )
        found.add((email or "").lower())
    rows = await tx.rows(
        select(_C.sender).where(_C.org_id == tx.org_id, _C.ticket_id == ticket.id, _C.outcome == "opened")
    )
    return (found | {row.sender or "" for row in rows}) - {""}


async def homes_of(tx: Tx, email: str, community_id: UUID, day: date) -> Sequence[Row[Any]]:
    """Who of a community has this address, with their units: ``person_id, unit_id``."""
    r = relations.c
    return await tx.rows(
        select(people.c.id.label("person_id"), r.unit_id)
        .select_from(people.join(relations, and_(r.org_id == people.c.org_id, r.person_id == people.c.id)))
        .where(
            people.c.org_id == tx.org_id,
            func.lower(people.c.email) == email,
            people.c.erased_at.is_(None),
            r.community_id == community_id,
            r.since <= day,
            or_(r.until.is_(None), r.until >= day),
        )
        .limit(50)
    )


async def of_ticket(tx: Tx, ticket_id: UUID) -> Sequence[Row[Any]]:
    """The mail of a ticket, oldest first."""
    return await tx.rows(
        select(mail_messages)
        .where(_C.org_id == tx.org_id, _C.ticket_id == ticket_id)
        .order_by(_C.id)
        .limit(500)
    )


async def forget(tx: Tx, person_id: UUID) -> None:
    """Take an erased person's address and words out of their mail."""
    await tx.execute(
        update(mail_messages)
        .where(_C.org_id == tx.org_id, _C.person_id == person_id)
        .values(sender=None, subject=None, text=None, version=_C.version + 1, updated_at=tx.now)
    )


async def of_person(tx: Tx, person_id: UUID) -> Sequence[Row[Any]]:
    """Somebody's mail, oldest first."""
    return await tx.rows(
        select(mail_messages).where(_C.org_id == tx.org_id, _C.person_id == person_id).order_by(_C.id)
    )
