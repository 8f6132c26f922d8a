"""The statements of calls and seats. A call is locked before the promise to return it, never the other way round."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from services.ticketing.models import (
    calls,
    communities,
    inbound_events,
    people,
    relations,
    seats,
    tickets,
)
from shared.db.tx import Tx
from shared.ids import uuid7


async def claim(tx: Tx, connection_id: UUID, key: str, digest: bytes) -> bytes | None:
    """Note an event as received; None when it is new, else the digest of what came under this key first."""
    made = await tx.execute(
        pg_insert(inbound_events)
        .values(org_id=tx.org_id, connection_id=connection_id, key=key, digest=digest, received_at=tx.now)
        .on_conflict_do_nothing()
    )
    if made.rowcount == 1:
        return None
    c = inbound_events.c
    found: bytes = await tx.scalar(
        select(c.digest).where(c.org_id == tx.org_id, c.connection_id == connection_id, c.key == key)
    )
    return found


async def take(tx: Tx, row: Mapping[str, Any]) -> tuple[Row[Any], bool]:
    """A call by its exchange's id, made if it is new, locked until the commit; and whether it is new."""
    made = await tx.execute(
        pg_insert(calls)
        .values(
            org_id=tx.org_id,
            id=uuid7(),
            version=1,
            created_at=tx.now,
            updated_at=tx.now,
            outcome="ringing",
            ticket_ids=[],
            **row,
        )
        .on_conflict_do_nothing(index_elements=["org_id", "source", "external_id"])
    )
    c = calls.c
    found = await tx.one_or_none(
        select(calls)
        .where(c.org_id == tx.org_id, c.source == row["source"], c.external_id == row["external_id"])
        .with_for_update()
    )
    assert found is not None  # just made, or there before
    return found, made.rowcount == 1


async def change(tx: Tx, id: UUID, version: int, values: Mapping[str, Any]) -> None:
    """Write new values of a locked call."""
    await tx.execute(
        update(calls)
        .where(calls.c.org_id == tx.org_id, calls.c.id == id)
        .values(**values, version=version, updated_at=tx.now)
    )


async def one(
    tx: Tx, id: UUID, conditions: Sequence[ColumnElement[bool]], *, lock: bool = False
) -> Row[Any] | None:
    """A call by id, if it fulfils the conditions of the caller's reach."""
    found = select(calls).where(calls.c.org_id == tx.org_id, calls.c.id == id, *conditions)
    return await tx.one_or_none(found.with_for_update() if lock else found)


async def own(tx: Tx, clerk_id: UUID, ids: Collection[str]) -> Sequence[Row[Any]]:
    """Of these calls, those that ring, or were answered, at a clerk's desk now."""
    if not ids:
        return []
    c = calls.c
    wanted = sorted(map(UUID, ids))
    return await tx.rows(
        select(calls).where(c.org_id == tx.org_id, c.clerk_id == clerk_id, c.id.in_(wanted))
    )


async def page(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], *, after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Calls, the newest first."""
    wanted = select(calls).where(calls.c.org_id == tx.org_id, *conditions)
    if after is not None:
        wanted = wanted.where(calls.c.id < after)
    return await tx.rows(wanted.order_by(calls.c.id.desc()).limit(limit))


async def callers(
    tx: Tx, number: str, day: date, *, org_unit_id: UUID, community_id: UUID | None
) -> Sequence[Row[Any]]:
    """Who has this number, with their units where the line is answered for: ``person_id, unit_id, community_id``."""
    conditions = [
        people.c.org_id == tx.org_id,
        people.c.phone == number,
        people.c.erased_at.is_(None),
        relations.c.since <= day,
        or_(relations.c.until.is_(None), relations.c.until >= day),
    ]
    if community_id is not None:
        conditions.append(relations.c.community_id == community_id)
    else:
        conditions.append(communities.c.path.contains([org_unit_id]))
    return await tx.rows(
        select(people.c.id.label("person_id"), relations.c.unit_id, relations.c.community_id)
        .select_from(
            people.join(
                relations, and_(relations.c.org_id == people.c.org_id, relations.c.person_id == people.c.id)
            ).join(
                communities,
                and_(communities.c.org_id == relations.c.org_id, communities.c.id == relations.c.community_id),
            )
        )
        .where(*conditions)
        .order_by(people.c.id, relations.c.id)
        .limit(50)
    )


async def clerk_at(tx: Tx, source: str, extension: str) -> UUID | None:
    """Who sits at an extension."""
    c = seats.c
    found: UUID | None = await tx.scalar(
        select(c.staff_id).where(c.org_id == tx.org_id, c.source == source, c.extension == extension)
    )
    return found


async def seat_of(tx: Tx, staff_id: UUID) -> Row[Any] | None:
    """Where somebody sits."""
    return await tx.one_or_none(
        select(seats).where(seats.c.org_id == tx.org_id, seats.c.staff_id == staff_id)
    )


async def leave_seat(tx: Tx, staff_id: UUID) -> None:
    """Nobody of this id sits anywhere any more."""
    await tx.execute(delete(seats).where(seats.c.org_id == tx.org_id, seats.c.staff_id == staff_id))


async def take_seat(tx: Tx, staff_id: UUID, source: str, extension: str) -> None:
    """Sit down at an extension, whoever sat there."""
    await leave_seat(tx, staff_id)
    row = {"org_id": tx.org_id, "source": source, "extension": extension, "staff_id": staff_id, "since": tx.now}
    statement = pg_insert(seats).values(**row)
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=["org_id", "source", "extension"],
            set_={"staff_id": statement.excluded.staff_id, "since": statement.excluded.since},
        )
    )


async def dispatched(tx: Tx, ticket_ids: Collection[UUID]) -> list[bool]:
    """Of each of these tickets, whether somebody was given it."""
    if not ticket_ids:
        return []
    c = tickets.c
    rows = await tx.rows(
        select(c.assignee_id, c.department).where(c.org_id == tx.org_id, c.id.in_(sorted(ticket_ids)))
    )
    return [row.assignee_id is not None or row.department is not None for row in rows]


async def name_of(tx: Tx, person_id: UUID) -> str | None:
    """A person's name in full."""
    found: str | None = await tx.scalar(
        select(people.c.name).where(people.c.org_id == tx.org_id, people.c.id == person_id)
    )
    return found


async def forget(tx: Tx, person_id: UUID) -> None:
    """Take the numbers and subjects of an erased person's calls away; that there were calls stays."""
    await tx.execute(
        update(calls)
        .where(calls.c.org_id == tx.org_id, calls.c.person_id == person_id)
        .values(number=None, affair_subject=None, version=calls.c.version + 1, updated_at=tx.now)
    )


async def of_person(tx: Tx, person_id: UUID) -> Sequence[Row[Any]]:
    """Somebody's calls, oldest first."""
    c = calls.c
    return await tx.rows(select(calls).where(c.org_id == tx.org_id, c.person_id == person_id).order_by(c.id))
