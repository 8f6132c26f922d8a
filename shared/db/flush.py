"""Writes what a transaction collected, as its last statements: outbox and feed, audit, timers, jobs, kept answer.

Straight on the driver: these run in every write of every service, and the compiler's share of a Core statement is a
third of its cost. What nearly every write leaves (an audit entry, a few events, its answer) goes in one statement: each
trip costs a process as much as what it carries.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import asyncpg
import orjson

from shared.db import audit as audit_keys
from shared.db.many import insert_many, values_sql
from shared.db.tx import Overtaken, Tx
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
    if not (p.events or p.audit or p.timers or p.jobs or p.answers or p.last or p.carried):
        return False
    raw = tx.raw
    audit = await _audit(raw, tx, master_key) if p.audit else ()
    if p.timers:
        await _timers(raw, tx)
    if p.jobs:
        await _jobs(raw, tx)
    await _common(raw, tx, audit)
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


#: So many audit entries, events and answers go together; more are rare, and each shape is a statement to be kept.
_TOGETHER = (1, 4, 1)


async def _common(raw: Any, tx: Tx, audit: Sequence[tuple[Any, ...]]) -> None:
    outbox, feed = _events(tx)
    answers = tx.pending.answers
    shape = (len(audit), len(outbox), len(answers))
    fits = all(there <= most for there, most in zip(shape, _TOGETHER, strict=True))
    if tx.pending.carried is not None:
        expressions, carried = tx.pending.carried
        try:
            if fits and any(shape):
                values = [*carried, *_flat(audit, answers, outbox, feed)]
                await raw.execute(_together(tx.schema, *shape, expressions, len(carried)), *values)
                return
            await raw.execute(f"WITH {expressions} SELECT", *carried)
        except asyncpg.UniqueViolationError as taken:
            raise Overtaken from taken
    if fits and any(shape):
        await raw.execute(_together(tx.schema, *shape), *_flat(audit, answers, outbox, feed))
        return
    if audit:
        await insert_many(raw, f"{tx.schema}.audit", _AUDIT, audit)
    for answer in answers:
        await raw.execute(_together(tx.schema, 0, 0, 1), *answer)
    if outbox:
        await insert_many(raw, f"{tx.schema}.outbox", _OUTBOX, outbox)
        await insert_many(raw, f"{tx.schema}.feed", _FEED, feed)


def _flat(*kinds: Sequence[tuple[Any, ...]]) -> list[Any]:
    return [value for rows in kinds for row in rows for value in row]


_FEED = ("org_id", "id")


@cache
def _together(s: str, audit: int, events: int, answers: int, carried: str = "", values: int = 0) -> str:
    """One statement for what is carried (with so many values), audit entries, answers and events, in this order."""
    parts = []
    at = values + 1
    if audit:
        parts.append(values_sql(f"{s}.audit", _AUDIT, audit, at))
        at += audit * len(_AUDIT)
    if answers:
        org, subject, method, route, key, status, headers, body = (f"${at + n}" for n in range(8))
        parts.append(
            f"UPDATE {s}.idempotency_keys SET status = {status}, headers = {headers}, body = {body} WHERE "
            f"org_id = {org} AND subject = {subject} AND method = {method} AND route = {route} AND key = {key}"
        )
        at += 8
    if events:
        parts.append(values_sql(f"{s}.outbox", _OUTBOX, events, at))
        parts.append(values_sql(f"{s}.feed", _FEED, events, at + events * len(_OUTBOX)))
    *first, last = parts
    beside = [f"w{n} AS ({part})" for n, part in enumerate(first)]
    if carried:
        beside.insert(0, carried)
    return f"WITH {', '.join(beside)} {last}" if beside else last


def _events(tx: Tx) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
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
    return rows, ids


async def _audit(raw: Any, tx: Tx, master_key: bytes) -> list[tuple[Any, ...]]:
    entries = tx.pending.audit
    people = {e["person_id"] for e in entries if e["personal"] is not None}
    keys = await audit_keys.person_keys(raw, tx.schema, tx.org_id, people, master_key, tx.wall) if people else {}
    return [
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
