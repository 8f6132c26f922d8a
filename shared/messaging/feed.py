"""The change feed of a service, read by position: what peers pull, integrators follow and rebuilds start from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from shared.db.flush import loads
from shared.db.tx import Tx

if TYPE_CHECKING:
    from shared.db.database import Database

# Along the positions, each event by its key. Fenced: without fresh statistics the planner reads the whole outbox for
# each page, and statistics are never fresh where thousands of events come in a second.
_EVENT = "CROSS JOIN LATERAL (SELECT * FROM {s}.outbox e WHERE e.org_id = $1 AND e.id = f.id OFFSET 0) o"

_READ = (
    "SELECT f.position, o.id, o.type, o.subject, o.seq, o.community_id, o.occurred_at, o.recorded_at, o.actor_id, "
    f"o.trace_id, o.data FROM {{s}}.feed f {_EVENT} "
    "WHERE f.org_id = $1 AND f.position > $2 {types} ORDER BY f.position LIMIT $3"
)


_SUBJECTS = (
    f"SELECT DISTINCT o.subject FROM {{s}}.feed f {_EVENT} WHERE f.org_id = $1 AND f.position > $2 AND f.position <= $3"
)


async def subjects(tx: Tx, *, after: int, until: int) -> frozenset[UUID]:
    """What the events of a stretch of the feed speak of."""
    rows = await tx.raw.fetch(_SUBJECTS.format(s=tx.schema), tx.org_id, after, until)
    return frozenset(UUID(str(r["subject"])) for r in rows)


async def read(
    tx: Tx,
    *,
    after: int,
    types: Sequence[str] | None = None,
    limit: int = 200,
    communities: Sequence[UUID] | None = None,
) -> list[dict[str, Any]]:
    """Envelopes with a position above ``after``, in order. ``communities`` narrows to a scope."""
    raw = tx.raw
    extra = ""
    arguments: list[Any] = [tx.org_id, after, limit]
    if types:
        arguments.append(list(types))
        extra += f" AND o.type = ANY(${len(arguments)}::text[])"
    if communities is not None:
        arguments.append(list(communities))
        extra += f" AND o.community_id = ANY(${len(arguments)}::uuid[])"
    rows = await raw.fetch(_READ.format(s=tx.schema, types=extra), *arguments)
    return [_envelope(tx, r) for r in rows]


def _envelope(tx: Tx, r: Any) -> dict[str, Any]:
    return {
        "id": str(r["id"]),
        "type": r["type"],
        "source": tx.schema,
        "org_id": str(tx.org_id),
        "community_id": None if r["community_id"] is None else str(r["community_id"]),
        "subject": str(r["subject"]),
        "seq": r["seq"],
        "position": r["position"],
        "occurred_at": _utc(r["occurred_at"]),
        "recorded_at": _utc(r["recorded_at"]),
        "actor_id": None if r["actor_id"] is None else str(r["actor_id"]),
        "trace_id": r["trace_id"],
        "data": loads(r["data"]),
    }


def _utc(value: Any) -> str:
    text: str = value.isoformat()
    return text.replace("+00:00", "Z")


async def head(tx: Tx) -> int:
    """The highest stamped position of the organisation; 0 when nothing happened yet."""
    raw = tx.raw
    value = await raw.fetchval(f"SELECT head FROM {tx.schema}.feed_heads WHERE org_id = $1", tx.org_id)
    return int(value or 0)


async def all_heads(db: Database) -> dict[UUID, int]:
    """The heads of all organisations, for peers that ask what they have missed."""
    async with db.plain() as raw:
        rows = await raw.fetch(f"SELECT org, head FROM {db.schema}.all_heads()")
    return {r["org"]: int(r["head"]) for r in rows}
