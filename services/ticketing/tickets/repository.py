"""The statements of tickets. Whoever changes a ticket locks its row first, then anything else of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, exists, insert, literal, or_, select, update

from services.ticketing.domain.clocks import Clock
from services.ticketing.domain.limits import Limit
from services.ticketing.models import (
    communities,
    relations,
    ticket_clocks,
    ticket_entries,
    ticket_signatures,
    tickets,
)
from services.ticketing.statements import columns, insert_sql
from shared.db.flush import dumps
from shared.db.helpers import insert_rows
from shared.db.tx import Tx
from shared.ids import uuid7

_SCHEMA = tickets.schema

# Place, scope, unit and the owner whom staff report for, in one round trip: the only read of an intake.
_PLACE = f"""
SELECT c.path, c.timezone, c.clock_plan_id, c.clock_plan_since, u.id AS unit_id,
       (SELECT r.person_id FROM {_SCHEMA}.relations r
         WHERE r.org_id = $1 AND r.unit_id = $3 AND r.role = 'owner'
           AND r.since <= ($4::timestamptz AT TIME ZONE c.timezone)::date
           AND (r.until IS NULL OR r.until >= ($4::timestamptz AT TIME ZONE c.timezone)::date)
         ORDER BY r.since, r.id LIMIT 1) AS owner_id
  FROM {_SCHEMA}.communities c
  LEFT JOIN {_SCHEMA}.units u ON u.org_id = c.org_id AND u.community_id = c.id AND u.id = $3
 WHERE c.org_id = $1 AND c.id = $2
"""

WITH_PLACE = (
    select(
        tickets,
        communities.c.path,
        communities.c.timezone,
        communities.c.clock_plan_id,
        communities.c.clock_plan_since,
    )
    .select_from(
        tickets.join(
            communities,
            and_(communities.c.org_id == tickets.c.org_id, communities.c.id == tickets.c.community_id),
        )
    )
)  # fmt: skip


async def place(tx: Tx, community_id: UUID, unit_id: UUID | None) -> Any:
    """Path, zone, plan, ``unit_id, owner_id`` of where a ticket is about, or None for an unknown community.

    ``unit_id`` is null when the unit is not of this community; ``owner_id`` is its first present owner.
    """
    raw = await tx.driver()
    return await raw.fetchrow(_PLACE, tx.org_id, community_id, unit_id, tx.now)


async def insert_case(
    tx: Tx,
    counter: str,
    ticket: dict[str, Any],
    clocks: Sequence[tuple[UUID, Clock, str]],
    entry: Mapping[str, Any],
) -> int:
    """Store a new ticket with its clocks (subject, clock, policy) and first entry; returns its number of the day.

    ``ticket["number"]`` is set from it. The number comes from a reserve: taking it from the counter's own row would
    queue all intakes of an organisation behind each other's commits.
    """
    raw = await tx.driver()
    await raw.execute(insert_sql(ticket_entries), *_values(ticket_entries, entry))
    value = await tx.quick_number(counter)
    ticket["number"] = f"{counter}-{value:04d}"
    await raw.execute(insert_sql(tickets), *_values(tickets, ticket))
    rows = [_values(ticket_clocks, clock_values(tx, c, ticket["id"], subject, policy)) for subject, c, policy in clocks]
    if len(rows) == 1:
        await raw.execute(insert_sql(ticket_clocks), *rows[0])
    elif rows:
        await raw.executemany(insert_sql(ticket_clocks), rows)
    return value


_JSON = frozenset({"contact", "fields", "attachments", "data", "origin"})


def _values(table: Any, row: Mapping[str, Any]) -> list[Any]:
    # The driver takes jsonb as text.
    return [
        dumps(row[name]) if name in _JSON and row.get(name) is not None else row.get(name) for name in columns(table)
    ]


def clock_values(tx: Tx, clock: Clock, ticket_id: UUID, subject_id: UUID, policy: str) -> dict[str, Any]:
    """The row of a new clock."""
    return {
        "org_id": tx.org_id,
        "id": uuid7(),
        "version": 1,
        "created_at": tx.now,
        "updated_at": tx.now,
        "ticket_id": ticket_id,
        "subject_id": subject_id,
        "clock": clock.code,
        "from_at": clock.from_at,
        "due_at": clock.due_at,
        "met_at": clock.met_at,
        "breached_at": clock.breached_at,
        "state": clock.state,
        "policy": policy,
        "plan_id": clock.plan,
        "allowance": str(clock.limit) if clock.limit is not None else None,
        "calendar": clock.calendar,
        "warned": clock.warned,
    }


async def number_of_authority(tx: Tx, number: str) -> str | None:
    """The number of the ticket that has an authority's number already; None when none has."""
    found: str | None = await tx.scalar(
        select(tickets.c.number).where(tickets.c.org_id == tx.org_id, tickets.c.authority_number == number)
    )
    return found


async def find(tx: Tx, ticket_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """A ticket with its community's ``path`` and ``timezone``; ``lock`` holds it until the commit."""
    statement = WITH_PLACE.where(tickets.c.org_id == tx.org_id, tickets.c.id == ticket_id)
    return await tx.one_or_none(statement.with_for_update(of=tickets) if lock else statement)


async def clocks_of(tx: Tx, ticket_id: UUID) -> Sequence[Row[Any]]:
    """All clocks of a ticket, those of its follow-up calls included, in the order in which they started."""
    return await tx.rows(
        select(ticket_clocks)
        .where(ticket_clocks.c.org_id == tx.org_id, ticket_clocks.c.ticket_id == ticket_id)
        .order_by(ticket_clocks.c.id)
    )


async def update_ticket(tx: Tx, ticket_id: UUID, version: int, values: Mapping[str, Any]) -> None:
    """Write the changed columns and the new version of a locked ticket."""
    await tx.execute(
        update(tickets)
        .where(tickets.c.org_id == tx.org_id, tickets.c.id == ticket_id)
        .values(**values, version=version, updated_at=tx.now)
    )


async def save_clock(
    tx: Tx, ticket_id: UUID, subject_id: UUID, stored: Sequence[Row[Any]], clock: Clock, policy: str
) -> None:
    """Write a clock that is new or differs from what is stored."""
    row = next((r for r in stored if r.subject_id == subject_id and r.clock == clock.code), None)
    values = clock_values(tx, clock, ticket_id, subject_id, policy)
    if row is None:
        await insert_rows(tx, ticket_clocks, [values])
        return
    kept = {"org_id", "id", "created_at", "ticket_id", "subject_id", "clock"}
    await tx.execute(
        update(ticket_clocks)
        .where(ticket_clocks.c.org_id == tx.org_id, ticket_clocks.c.id == row.id)
        .values(**{k: v for k, v in values.items() if k not in kept} | {"version": row.version + 1})
    )


def clock_of(row: Row[Any]) -> Clock:
    """The clock in a stored row."""
    return Clock(
        row.clock,
        row.from_at,
        row.due_at,
        row.state,
        row.met_at,
        row.breached_at,
        Limit.parse(row.allowance) if row.allowance is not None else None,
        row.plan_id,
        row.calendar,
        row.warned or 0,
    )


async def add_entries(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Append to the history; each row with ``ticket_id, action, state, public, occurred_at, late_reason, data``."""
    await insert_rows(tx, ticket_entries, [entry_values(tx, row) for row in rows])


def entry_values(tx: Tx, row: Mapping[str, Any]) -> dict[str, Any]:
    """A line of history as it is stored."""
    # row: G-015, D-074 each record carries the account that made it
    return {"org_id": tx.org_id, "id": uuid7(), "actor_id": tx.actor_id, "recorded_at": tx.now, **row}


async def add_signature(tx: Tx, row: Mapping[str, Any]) -> None:
    """Append a signature, or the refusal of one."""
    await tx.execute(
        insert(ticket_signatures).values(
            org_id=tx.org_id, id=uuid7(), recorded_at=tx.now, recorded_by=tx.actor_id, **row
        )
    )


async def signatures_of(tx: Tx, ticket_id: UUID) -> Sequence[Row[Any]]:
    """Signatures and refusals of a ticket, oldest first."""
    return await tx.rows(
        select(ticket_signatures)
        .where(ticket_signatures.c.org_id == tx.org_id, ticket_signatures.c.ticket_id == ticket_id)
        .order_by(ticket_signatures.c.id)
    )


async def relation_powers(tx: Tx, person_id: UUID, unit_id: UUID, now: datetime, zone: Any) -> list[set[str]]:
    """What each of a person's present relations to a unit lets them do; empty when none is on the register."""
    day = now.astimezone(zone).date()
    rows = await tx.rows(
        select(relations.c.powers).where(
            relations.c.org_id == tx.org_id,
            relations.c.unit_id == unit_id,
            relations.c.person_id == person_id,
            relations.c.since <= day,
            or_(relations.c.until.is_(None), relations.c.until >= day),
        )
    )
    return [set(row.powers) for row in rows]


async def entries_of(
    tx: Tx, ticket_id: UUID, *, public_only: bool, after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """The history of a ticket in the order of recording."""
    conditions: list[ColumnElement[bool]] = [
        ticket_entries.c.org_id == tx.org_id,
        ticket_entries.c.ticket_id == ticket_id,
    ]
    if public_only:
        conditions.append(ticket_entries.c.public)
    if after is not None:
        conditions.append(ticket_entries.c.id > after)
    return await tx.rows(select(ticket_entries).where(*conditions).order_by(ticket_entries.c.id).limit(limit))


async def replies_taken_back(tx: Tx, ticket_id: UUID) -> frozenset[UUID]:
    """The replies on a ticket that were taken back."""
    c = ticket_entries.c
    rows = await tx.rows(
        select(c.data["reply_id"].astext).where(
            c.org_id == tx.org_id, c.ticket_id == ticket_id, c.action == "withdraw-reply"
        )
    )
    return frozenset(UUID(row[0]) for row in rows)


def overdue_condition(tx: Tx) -> ColumnElement[bool]:
    """A promise of the ticket is late and still not kept."""
    return and_(
        tickets.c.cancelled_at.is_(None),
        exists(
            select(literal(1)).where(
                ticket_clocks.c.org_id == tx.org_id,
                ticket_clocks.c.ticket_id == tickets.c.id,
                ticket_clocks.c.state.in_(("running", "breached")),
                ticket_clocks.c.met_at.is_(None),
                ticket_clocks.c.due_at < tx.now.replace(microsecond=0),
            )
        ),
    )


async def page(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], *, after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Tickets with their place, the newest first; the id is the order of recording, so pages do not move."""
    statement = WITH_PLACE.where(tickets.c.org_id == tx.org_id, *conditions)
    if after is not None:
        statement = statement.where(tickets.c.id < after)
    return await tx.rows(statement.order_by(tickets.c.id.desc()).limit(limit))
