"""Writes what a transaction collected, as its last statements: outbox and feed, audit, timers, jobs.

One statement per table, straight on the driver: these run in every write of every service, and the compiler's share
of a Core statement is a third of its cost.
"""

from __future__ import annotations

from typing import Any

import orjson

from shared.db import audit as audit_keys
from shared.db.many import insert_many
from shared.db.tx import Tx
from shared.ids import uuid7


def dumps(value: Any) -> str:
    """JSON as ``jsonb`` wants it from the driver."""
    return orjson.dumps(value, default=str).decode()


def loads(value: Any) -> Any:
    """A ``jsonb`` value from the driver, whose codec may or may not have decoded it already."""
    return orjson.loads(value) if isinstance(value, (str, bytes)) else value


async def flush(tx: Tx, master_key: bytes) -> bool:
    """Write all pending effects; True when there is something the workers should be woken for."""
    p = tx.pending
    if not (p.events or p.audit or p.timers or p.jobs or p.last):
        return False
    raw = tx.raw
    if p.audit:
        await _audit(raw, tx, master_key)
    if p.timers:
        await _timers(raw, tx)
    if p.jobs:
        await _jobs(raw, tx)
    if p.events:
        await _events(raw, tx)
    for writer, rows in p.last.items():
        await writer(tx, rows)
    return bool(p.events or p.jobs or p.timers)


_OUTBOX = (
    *("org_id", "id", "type", "subject", "seq", "community_id", "occurred_at", "recorded_at", "actor_id"),
    *("trace_id", "data"),
)
_AUDIT = (
    *("org_id", "id", "at", "recorded_at", "actor_id", "action", "entity", "entity_id", "before", "after"),
    *("person_id", "personal", "request_id"),
)
_TIMERS = ("org_id", "id", "kind", "subject_id", "fire_at", "state", "attempts", "payload", "request_id")
_JOBS = ("org_id", "id", "kind", "payload", "state", "run_at", "attempts", "request_id")


async def _events(raw: Any, tx: Tx) -> None:
    # Ids are made here, after every lock of this transaction is held, so that two writes of one subject get ids in
    # the order in which they took its row.
    rows = []
    ids = []
    for e in tx.pending.events:
        event_id = uuid7()
        ids.append((tx.org_id, event_id))
        rows.append(
            (
                tx.org_id,
                event_id,
                e["type"],
                e["subject"],
                e["seq"],
                e["community_id"],
                e["occurred_at"],
                e["recorded_at"],
                tx.actor_id,
                e["request_id"],
                dumps(e["data"]),
            )
        )
    s = tx.schema
    await insert_many(raw, f"{s}.outbox", _OUTBOX, rows)
    await insert_many(raw, f"{s}.feed", ("org_id", "id"), ids)


async def _audit(raw: Any, tx: Tx, master_key: bytes) -> None:
    entries = tx.pending.audit
    people = {e["person_id"] for e in entries if e["personal"] is not None}
    keys = await audit_keys.person_keys(raw, tx.schema, tx.org_id, people, master_key, tx.wall) if people else {}
    rows = [
        (
            tx.org_id,
            uuid7(),
            e["at"],
            tx.wall,
            tx.actor_id,
            e["action"],
            e["entity"],
            e["entity_id"],
            None if e["before"] is None else dumps(e["before"]),
            None if e["after"] is None else dumps(e["after"]),
            e["person_id"],
            None if e["personal"] is None else audit_keys.seal(keys[e["person_id"]], orjson.dumps(e["personal"])),
            e["request_id"],
        )
        for e in entries
    ]
    await insert_many(raw, f"{tx.schema}.audit", _AUDIT, rows)


async def _timers(raw: Any, tx: Tx) -> None:
    live = []
    dead = []
    for (kind, subject_id), timer in tx.pending.timers.items():
        if timer is None:
            dead.append((tx.org_id, kind, subject_id))
        else:
            live.append(
                (
                    tx.org_id,
                    uuid7(),
                    kind,
                    subject_id,
                    timer["fire_at"],
                    "pending",
                    0,
                    dumps(timer["payload"]),
                    timer["request_id"],
                )
            )
    if live:
        await insert_many(
            raw,
            f"{tx.schema}.timers",
            _TIMERS,
            live,
            " ON CONFLICT (org_id, kind, subject_id) DO UPDATE "
            "SET id = excluded.id, fire_at = excluded.fire_at, state = 'pending', attempts = 0, "
            "payload = excluded.payload, error = NULL, request_id = excluded.request_id",
        )
    if dead:
        await raw.executemany(
            f"UPDATE {tx.schema}.timers SET state = 'cancelled' WHERE org_id = $1 AND kind = $2 AND subject_id = $3 "
            "AND state = 'pending'",
            dead,
        )


async def _jobs(raw: Any, tx: Tx) -> None:
    await insert_many(
        raw,
        f"{tx.schema}.jobs",
        _JOBS,
        [
            (tx.org_id, j["id"], j["kind"], dumps(j["payload"]), "ready", j["run_at"], 0, j["request_id"])
            for j in tx.pending.jobs
        ],
    )
