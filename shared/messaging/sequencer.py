"""Gives committed outbox rows their position: gap-free, per organisation, once.

The organisation's head row is the lock and the truth. Positions and head move in one transaction, so a sequencer that
dies in the middle has stamped nothing, and two at once only queue.
"""

from __future__ import annotations

from uuid import UUID

from shared import faults
from shared.db.database import Database

BATCH = 2000


async def organisations_waiting(db: Database) -> list[UUID]:
    """Who has rows without a position."""
    async with db.sweep() as raw:
        rows = await raw.fetch(f"SELECT DISTINCT org_id FROM {db.schema}.feed WHERE position IS NULL")
    return [r["org_id"] for r in rows]


async def stamp(db: Database, org_id: UUID) -> tuple[int, int] | None:
    """Stamp what is committed, up to ``BATCH`` rows; the new head and how many, or None when there was nothing."""
    s = db.schema
    async with db.tx(org_id) as tx:
        raw = tx.raw
        await raw.execute(f"INSERT INTO {s}.feed_heads (org_id, head) VALUES ($1, 0) ON CONFLICT DO NOTHING", org_id)
        head: int = await raw.fetchval(f"SELECT head FROM {s}.feed_heads WHERE org_id = $1 FOR UPDATE", org_id)
        # Ids are time-ordered and are made while the subject's row is locked, so this order keeps each subject's.
        rows = await raw.fetch(
            f"SELECT id FROM {s}.feed WHERE org_id = $1 AND position IS NULL ORDER BY id LIMIT {BATCH}", org_id
        )
        if not rows:
            return None
        ids = [r["id"] for r in rows]
        positions = list(range(head + 1, head + 1 + len(ids)))
        await raw.execute(
            f"UPDATE {s}.feed f SET position = u.position FROM unnest($2::uuid[], $3::bigint[]) AS u(id, position) "
            "WHERE f.org_id = $1 AND f.id = u.id",
            org_id,
            ids,
            positions,
        )
        await raw.execute(f"UPDATE {s}.feed_heads SET head = $2 WHERE org_id = $1", org_id, positions[-1])
    faults.point("between_stamp_and_bell")
    return positions[-1], len(ids)
