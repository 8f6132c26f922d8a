"""Messages, inbox, deliveries and attempts in the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from services.notify.domain.delivery import State
from services.notify.models import attempts, contacts, deliveries, inbox, messages
from shared.db.helpers import insert_rows
from shared.db.tx import Tx
from shared.ids import uuid7

# Deliveries of one job: enough to make a connection worth its while, few enough to share the work among
# workers.
JOB_SIZE = 50


@dataclass(frozen=True)
class Claimed:
    """A delivery this run holds, with what it has to say and where; `address` is None if the person lost
    it."""

    id: UUID
    message_id: UUID
    channel: str
    attempt: int
    title: str | None
    body: str | None
    digest: str
    locale: str
    cause_id: UUID
    community_id: UUID | None
    requested: bool
    contact: Mapping[str, str | None]


def delivery_row(message_id: UUID, channel: str) -> dict[str, Any]:
    """A new delivery of a message over a channel, waiting."""
    return {"id": uuid7(), "message_id": message_id, "channel": channel, "state": State.QUEUED, "attempts": 0}


def _stamped(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    stamp = {"org_id": tx.org_id, "version": 1, "created_at": tx.now, "updated_at": tx.now}
    return [{**stamp, **row} for row in rows]


async def put_messages(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write messages and their inbox entries; those that are there already stay as they are."""
    if not rows:
        return
    await tx.execute(pg_insert(messages).on_conflict_do_nothing(), _stamped(tx, rows))
    entries = [{"id": row["id"], "person_id": row["person_id"], "read_at": None} for row in rows]
    await tx.execute(pg_insert(inbox).on_conflict_do_nothing(), _stamped(tx, entries))


async def put_deliveries(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write new deliveries and queue the jobs that send them; those that are there already stay as they
    are."""
    if not rows:
        return
    await tx.execute(pg_insert(deliveries).on_conflict_do_nothing(), _stamped(tx, rows))
    enqueue(tx, [row["id"] for row in rows])


def enqueue(tx: Tx, ids: Sequence[UUID], run_at: datetime | None = None) -> None:
    """Queue sending jobs for these deliveries, `run_at` in wall time."""
    for start in range(0, len(ids), JOB_SIZE):
        tx.enqueue("send", {"deliveries": [str(i) for i in ids[start : start + JOB_SIZE]]}, run_at=run_at)


async def claim(tx: Tx, ids: Collection[UUID], run: UUID, most: int) -> list[Claimed]:
    """Take up to `most` of these deliveries that wait, for `run`; the caller commits before it calls
    anybody."""
    d, m, p = deliveries, messages, contacts
    chosen = [
        row.id
        for row in await tx.rows(
            select(d.c.id)
            .where(
                d.c.org_id == tx.org_id,
                d.c.id.in_(ids),
                d.c.state == State.QUEUED,
                or_(d.c.next_at.is_(None), d.c.next_at <= tx.wall),
            )
            .order_by(d.c.id)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
    ]
    if not chosen:
        return []
    await tx.execute(
        update(d)
        .where(d.c.org_id == tx.org_id, d.c.id.in_(chosen))
        .values(
            state=State.SENDING,
            claim_id=run,
            claimed_at=tx.wall,
            next_at=None,
            attempts=d.c.attempts + 1,
            version=d.c.version + 1,
            updated_at=tx.now,
        )
    )
    rows = await tx.rows(
        select(
            d.c.id,
            d.c.message_id,
            d.c.channel,
            d.c.attempts,
            m.c.title,
            m.c.body,
            m.c.digest,
            m.c.locale,
            m.c.cause_id,
            m.c.community_id,
            m.c.requested,
            p.c.email,
            p.c.phone,
        )
        .select_from(
            d.join(m, and_(m.c.org_id == d.c.org_id, m.c.id == d.c.message_id)).outerjoin(
                p, and_(p.c.org_id == m.c.org_id, p.c.id == m.c.person_id)
            )
        )
        .where(d.c.org_id == tx.org_id, d.c.id.in_(chosen))
        .order_by(d.c.id)
    )
    return [
        Claimed(
            id=r.id,
            message_id=r.message_id,
            channel=r.channel,
            attempt=r.attempts,
            title=r.title,
            body=r.body,
            digest=r.digest,
            locale=r.locale,
            cause_id=r.cause_id,
            community_id=r.community_id,
            requested=r.requested,
            contact={"email": r.email, "phone": r.phone},
        )
        for r in rows
    ]


async def left_behind(tx: Tx, ids: Collection[UUID], run: UUID) -> list[Claimed]:
    """Deliveries that an earlier run of this job claimed and never reported on, locked."""
    d, m = deliveries, messages
    rows = await tx.rows(
        select(d.c.id, d.c.message_id, d.c.channel, d.c.attempts, m.c.digest, m.c.cause_id, m.c.community_id,
               m.c.requested)
        .select_from(d.join(m, and_(m.c.org_id == d.c.org_id, m.c.id == d.c.message_id)))
        .where(d.c.org_id == tx.org_id, d.c.id.in_(ids), d.c.state == State.SENDING, d.c.claim_id != run)
        .with_for_update(of=d)
    )  # fmt: skip
    return [
        Claimed(
            id=r.id,
            message_id=r.message_id,
            channel=r.channel,
            attempt=r.attempts,
            title=None,
            body=None,
            digest=r.digest,
            locale="zh",
            cause_id=r.cause_id,
            community_id=r.community_id,
            requested=r.requested,
            contact={},
        )
        for r in rows
    ]


async def release(tx: Tx, ids: Collection[UUID], run: UUID) -> None:
    """Give back deliveries this run claimed and did not try; the attempt does not count."""
    d = deliveries
    await tx.execute(
        update(d)
        .where(d.c.org_id == tx.org_id, d.c.id.in_(ids), d.c.claim_id == run, d.c.state == State.SENDING)
        .values(state=State.QUEUED, claim_id=None, attempts=d.c.attempts - 1, updated_at=tx.now)
    )


async def postpone(tx: Tx, ids: Collection[UUID], until: datetime) -> None:
    """Have those of these deliveries that wait for nothing else wait until a wall time, with a job of their
    own."""
    d = deliveries
    moved = await tx.rows(
        update(d)
        .where(d.c.org_id == tx.org_id, d.c.id.in_(ids), d.c.state == State.QUEUED, d.c.next_at.is_(None))
        .values(next_at=until, updated_at=tx.now)
        .returning(d.c.id)
    )
    enqueue(tx, [row.id for row in moved], run_at=until)


async def settle(
    tx: Tx, ids: Collection[UUID], state: State, *, run: UUID | None, next_at: datetime | None = None
) -> None:
    """Record where these deliveries stand. `run` guards against another run having taken them meanwhile."""
    d = deliveries
    held: list[ColumnElement[bool]] = [d.c.state.in_((State.SENDING, State.UNKNOWN))]
    if run is not None:
        held.append(d.c.claim_id == run)
    await tx.execute(
        update(d)
        .where(d.c.org_id == tx.org_id, d.c.id.in_(ids), *held)
        .values(state=state, next_at=next_at, version=d.c.version + 1, updated_at=tx.now)
    )


async def put_attempts(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add attempts to the log; they are never changed."""
    await insert_rows(tx, attempts, rows)


async def repoint(tx: Tx, loser: UUID, survivor: UUID) -> None:
    """Give one person's messages and inbox to another; what both were told of one cause stays as it was."""
    other = messages.alias("other")
    told = (
        select(other.c.id)
        .where(
            other.c.org_id == tx.org_id,
            other.c.cause_id == messages.c.cause_id,
            other.c.template == messages.c.template,
            other.c.person_id == survivor,
        )
        .exists()
    )
    moved = await tx.execute(
        update(messages)
        .where(messages.c.org_id == tx.org_id, messages.c.person_id == loser, ~told)
        .values(person_id=survivor, version=messages.c.version + 1, updated_at=tx.now)
        .returning(messages.c.id)
    )
    ids = list(moved.scalars())
    await tx.execute(
        update(inbox)
        .where(inbox.c.org_id == tx.org_id, inbox.c.id.in_(ids))
        .values(person_id=survivor, version=inbox.c.version + 1, updated_at=tx.now)
    )


async def forget_people(tx: Tx, people: Collection[UUID]) -> None:
    """Take the texts from these people's messages, empty their inboxes, and cancel what is not sent yet."""
    mine = select(messages.c.id).where(messages.c.org_id == tx.org_id, messages.c.person_id.in_(people))
    await tx.execute(inbox.delete().where(inbox.c.org_id == tx.org_id, inbox.c.person_id.in_(people)))
    await tx.execute(
        update(deliveries)
        .where(
            deliveries.c.org_id == tx.org_id,
            deliveries.c.message_id.in_(mine),
            deliveries.c.state == State.QUEUED,
        )
        .values(state=State.CANCELLED, next_at=None, version=deliveries.c.version + 1, updated_at=tx.now)
    )
    await tx.execute(
        update(messages)
        .where(messages.c.org_id == tx.org_id, messages.c.person_id.in_(people))
        .values(title=None, body=None, version=messages.c.version + 1, updated_at=tx.now)
    )
