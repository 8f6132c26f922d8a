"""Events that could not be applied: they wait with their subject, are seen, and can be tried again.

Parking keeps the feed moving: later events of a parked subject park behind it, so its order holds, and every other
subject goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from shared.contracts.envelope import Event, from_json
from shared.db.flush import dumps, loads
from shared.db.tx import Tx


def to_json(event: Event) -> dict[str, Any]:
    """The JSON form an event came in."""
    return {
        "id": str(event.id),
        "type": event.type,
        "source": event.source,
        "org_id": str(event.org_id),
        "community_id": None if event.community_id is None else str(event.community_id),
        "subject": str(event.subject),
        "seq": event.seq,
        "position": event.position,
        "occurred_at": event.occurred_at.isoformat(),
        "recorded_at": event.recorded_at.isoformat(),
        "actor_id": None if event.actor_id is None else str(event.actor_id),
        "trace_id": event.trace_id,
        "data": dict(event.data),
    }


async def park(tx: Tx, event: Event, error: str) -> None:
    """Put an event aside; the same one twice is one row."""
    raw = tx.raw
    await raw.execute(
        f"INSERT INTO {tx.schema}.parked_events (org_id, id, source, subject, position, type, envelope, error, "
        "parked_at, attempts) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,1) ON CONFLICT (org_id, id) DO UPDATE "
        "SET error = excluded.error, attempts = parked_events.attempts + 1",
        tx.org_id,
        event.id,
        event.source,
        event.subject,
        event.position,
        event.type,
        dumps(to_json(event)),
        error[:2000],
        tx.wall,
    )


async def parked_subjects(tx: Tx, source: str, subjects: Iterable[UUID]) -> set[UUID]:
    """Which of these subjects have something parked; they stay so until this transaction ends.

    Without the lock a replay could empty a subject's queue between this look and an event's parking behind it, and
    nobody would ever come back for that event.
    """
    raw = tx.raw
    rows = await raw.fetch(
        f"SELECT subject FROM {tx.schema}.parked_events WHERE org_id = $1 AND source = $2 "
        "AND subject = ANY($3::uuid[]) ORDER BY id FOR SHARE",
        tx.org_id,
        source,
        list(set(subjects)),
    )
    return {r["subject"] for r in rows}


async def list_parked(tx: Tx, *, limit: int, after: UUID | None = None) -> list[dict[str, Any]]:
    """What is parked, oldest first, for the operator."""
    raw = tx.raw
    rows = await raw.fetch(
        f"SELECT id, source, subject, position, type, error, parked_at, attempts FROM {tx.schema}.parked_events "
        "WHERE org_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3",
        tx.org_id,
        after,
        limit,
    )
    return [dict(r) for r in rows]


async def subject_of(tx: Tx, parked_id: UUID) -> tuple[str, UUID] | None:
    """Source and subject of a parked event; None when it is not (any more) there."""
    row = await tx.raw.fetchrow(
        f"SELECT source, subject FROM {tx.schema}.parked_events WHERE org_id = $1 AND id = $2", tx.org_id, parked_id
    )
    return None if row is None else (row["source"], row["subject"])


async def of_subject(tx: Tx, source: str, subject: UUID) -> Sequence[Event]:
    """All parked events of a subject, in order, locked."""
    rows = await tx.raw.fetch(
        f"SELECT envelope FROM {tx.schema}.parked_events WHERE org_id = $1 AND source = $2 AND subject = $3 "
        "ORDER BY position FOR UPDATE",
        tx.org_id,
        source,
        subject,
    )
    return [from_json(loads(r["envelope"])) for r in rows]


async def unpark(tx: Tx, event_id: UUID) -> None:
    """The event was applied after all."""
    raw = tx.raw
    await raw.execute(f"DELETE FROM {tx.schema}.parked_events WHERE org_id = $1 AND id = $2", tx.org_id, event_id)


async def count(raw: Any, schema: str) -> int:
    """Parked events the connection may see."""
    return int(await raw.fetchval(f"SELECT count(*) FROM {schema}.parked_events"))
