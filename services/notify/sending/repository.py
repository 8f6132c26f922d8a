"""Messages, inbox, deliveries and attempts in the database: writing them, and forgetting people. Claims are in
claims.py."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, func, null, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from services.notify.by_hand import repository as by_hand
from services.notify.domain.delivery import State
from services.notify.domain.doubt import IN_DOUBT, next_word
from services.notify.domain.identity import release_id, word_id
from services.notify.domain.restraint import Hold
from services.notify.models import accounts, deliveries, inbox, messages, permits, preferences
from shared.db.tx import Tx
from shared.holidays import SHANGHAI
from shared.ids import uuid7

# Deliveries of one job: enough to make a connection worth its while, few enough to share the work among
# workers.
JOB_SIZE = 50
# Of what goes to many there is always more, and it shares the work anyway.
BULK_JOB_SIZE = 200
# The two jobs that send: they differ in their lane alone.
SEND, SEND_BULK = "send", "send.bulk"
# The timer at which what was held is let go: one per instant, however many deliveries wait for it.
RELEASE = "release"
# The timer at which what is in doubt is told to those who run the installation: one a day.
DOUBT = "doubt"


def delivery_row(
    message_id: UUID, route: Sequence[str], hold: Hold | None = None, *, bulk: bool = False
) -> dict[str, Any]:
    """A new delivery of a message over the first channel of a route, waiting or held; the others are its fall-back."""
    return {
        "id": uuid7(),
        "message_id": message_id,
        "channel": route[0],
        "state": State.QUEUED if hold is None else State.HELD,
        "attempts": 0,
        "fallback": list(route[1:]),
        "held_until": None if hold is None else hold.until,
        "held_for": None if hold is None else hold.why,
        "bulk": bulk,
        "campaign_id": None,
    }


def _stamped(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    stamp = {"org_id": tx.org_id, "version": 1, "created_at": tx.now, "updated_at": tx.now}
    return [{**stamp, **row} for row in rows]


async def known(tx: Tx, ids: Collection[UUID]) -> set[UUID]:
    """Those of these messages that there are already."""
    if not ids:
        return set()
    m = messages
    found = await tx.rows(select(m.c.id).where(m.c.org_id == tx.org_id, m.c.id.in_(ids)))
    return {row.id for row in found}


async def put_messages(tx: Tx, rows: Sequence[Mapping[str, Any]], *, inbox_too: bool = True) -> None:
    """Write messages and their inbox entries; those that are there already stay as they are.

    Without `inbox_too` for a digest, whose lines are in the inbox already.
    """
    if not rows:
        return
    await tx.execute(pg_insert(messages).on_conflict_do_nothing(), _stamped(tx, rows))
    if not inbox_too:
        return
    entries = [
        {"id": row["id"], "person_id": row["person_id"], "read_at": None, "arrived_id": uuid7()} for row in rows
    ]
    await tx.execute(pg_insert(inbox).on_conflict_do_nothing(), _stamped(tx, entries))


async def put_deliveries(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write new deliveries and queue the jobs that send them; those that are there already stay as they
    are."""
    if not rows:
        return
    await tx.execute(pg_insert(deliveries).on_conflict_do_nothing(), _stamped(tx, rows))
    # A job is of one channel, so that a provider that rests holds up nothing but its own.
    lanes: dict[tuple[str, bool], list[UUID]] = {}
    for row in rows:
        if row["state"] == State.QUEUED:
            lanes.setdefault((row["channel"], row["bulk"]), []).append(row["id"])
    for (_, bulk), ids in sorted(lanes.items()):
        enqueue(tx, ids, bulk=bulk)
    for until in {row["held_until"] for row in rows if row["state"] == State.HELD}:
        tx.set_timer(RELEASE, release_id(until), until)


def enqueue(tx: Tx, ids: Sequence[UUID], run_at: datetime | None = None, *, bulk: bool = False) -> None:
    """Queue sending jobs for these deliveries, `run_at` in wall time."""
    size = BULK_JOB_SIZE if bulk else JOB_SIZE
    for start in range(0, len(ids), size):
        chunk = [str(i) for i in ids[start : start + size]]
        tx.enqueue(SEND_BULK if bulk else SEND, {"deliveries": chunk}, run_at=run_at)


def doubted(tx: Tx) -> None:
    """Something is in doubt now: it is told of in the morning. What is told is counted then, so that a receipt or a
    person may be faster."""
    at = next_word(tx.now, SHANGHAI)
    tx.set_timer(DOUBT, word_id(tx.org_id, at), at)


async def in_doubt(tx: Tx, since: datetime, until: datetime, template: str) -> Sequence[Row[Any]]:
    """(state, standing, added): how many deliveries are in doubt, and how many of them have been `since` and `until`
    then; those of `template` are not counted."""
    d, m = deliveries, messages
    added = func.count().filter(d.c.updated_at >= since, d.c.updated_at < until)
    return await tx.rows(
        select(d.c.state, func.count().label("standing"), added.label("added"))
        .select_from(d.join(m, and_(m.c.org_id == d.c.org_id, m.c.id == d.c.message_id)))
        .where(d.c.org_id == tx.org_id, d.c.state.in_(sorted(IN_DOUBT)), m.c.template != template)
        .group_by(d.c.state)
    )


async def next_versions(tx: Tx, message_ids: Collection[UUID]) -> dict[UUID, int]:
    """Count these messages one version on, for an event about each; the new versions."""
    if not message_ids:
        return {}
    m = messages
    moved = await tx.rows(
        update(m)
        .where(m.c.org_id == tx.org_id, m.c.id.in_(message_ids))
        .values(version=m.c.version + 1, updated_at=tx.now)
        .returning(m.c.id, m.c.version)
    )
    return {row.id: row.version for row in moved}


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
    """Take the texts from these people's messages, drop inboxes and preferences, cancel what is not sent yet."""
    await by_hand.forget(tx, people)
    mine = select(messages.c.id).where(messages.c.org_id == tx.org_id, messages.c.person_id.in_(people))
    for own in (inbox, preferences, accounts, permits):
        await tx.execute(own.delete().where(own.c.org_id == tx.org_id, own.c.person_id.in_(people)))
    await tx.execute(
        update(deliveries)
        .where(
            deliveries.c.org_id == tx.org_id,
            deliveries.c.message_id.in_(mine),
            deliveries.c.state.in_((State.QUEUED, State.HELD, State.PARKED, State.ASKED)),
        )
        .values(state=State.CANCELLED, next_at=None, version=deliveries.c.version + 1, updated_at=tx.now)
    )
    await tx.execute(
        update(messages)
        .where(messages.c.org_id == tx.org_id, messages.c.person_id.in_(people))
        .values(title=None, body=None, shown=null(), version=messages.c.version + 1, updated_at=tx.now)
    )
