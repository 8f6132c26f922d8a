"""The idempotency key of a request (architecture §2): inserted first, answered from on a repeat, kept seven days.

A second request with the same key waits on the first one's row lock and then sees its answer; a refused request
leaves nothing behind, because its transaction is rolled back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from shared.db.claims import CLAIMED, insert
from shared.db.flush import dumps, loads
from shared.db.tx import Tx
from shared.errors import Conflict

KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """What the first request was answered."""

    status: int
    headers: dict[str, str]
    body: bytes


class KeyReused(Conflict):
    """The key was used before with another body."""

    code = "idempotency.key.reused"
    zh = "幂等键已用于另一份内容不同的请求,请为新的请求换一个键"
    en = "This idempotency key was used before with a different body; use a new key for a new request."


async def begin(
    tx: Tx, *, subject: str, method: str, route: str, key: str, body_hash: bytes
) -> StoredResponse | None:
    """Claim the key, or return the stored answer of its first use. Raises :class:`KeyReused`."""
    tag = await tx.raw.execute(insert(tx.schema), tx.org_id, subject, method, route, key, body_hash, tx.wall)
    if tag == CLAIMED:
        return None
    return await answered(tx, subject=subject, method=method, route=route, key=key, body_hash=body_hash)


async def answered(
    tx: Tx, *, subject: str, method: str, route: str, key: str, body_hash: bytes
) -> StoredResponse:
    """What the request that claimed a key before was answered. Raises :class:`KeyReused`."""
    row: Any = await tx.raw.fetchrow(
        f"SELECT body_hash, status, headers, body FROM {tx.schema}.idempotency_keys "
        "WHERE org_id = $1 AND subject = $2 AND method = $3 AND route = $4 AND key = $5",
        tx.org_id,
        subject,
        method,
        route,
        key,
    )
    if row is None or row["body_hash"] != body_hash:
        raise KeyReused()
    return StoredResponse(row["status"], loads(row["headers"]), bytes(row["body"]))


async def finish(
    tx: Tx,
    *,
    subject: str,
    method: str,
    route: str,
    key: str,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
) -> None:
    """Keep the answer beside its key, in the transaction that caused it: written with what else it leaves."""
    tx.pending.answers.append((tx.org_id, subject, method, route, key, status, dumps(dict(headers)), body))
