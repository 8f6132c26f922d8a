"""Fires what is due, oldest first, each handler's effects and its timer's end in one transaction.

The handler runs before its timer row is touched: a request locks the ticket first and its timer at the commit, so the
worker must take them in the same order, or the two would wait for each other. That the timer was still live is
checked at the end, and a handler whose timer was cancelled or moved meanwhile is undone.

Kinds that fall due by the thousand have a second handler that takes many at once (``many_timers``). It locks what its
timers are about, passing over what others hold, asks :func:`still_due` which of them are live, and returns those it
handled. Where such a run fails it is halved, down to the one timer that fails and is then handled, and told, alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

import structlog

from shared.db.database import is_connection_error
from shared.db.flush import dumps, loads
from shared.db.tx import Tx
from shared.ids import uuid7
from shared.runtime import Runtime, Timer, TimersHandler
from shared.telemetry import metrics
from shared.telemetry.context import request_id

log = structlog.get_logger(__name__)

BATCH = 50
"""Timers handled one by one in one transaction."""
MANY = 500
"""Timers looked at in one transaction; of kinds that take many at once, also handled."""
RETRY_JOB = "spine.retry_timer"
MAX_ATTEMPTS = 8


class _Gone(Exception):
    """The timer was cancelled or moved while its handler ran."""


async def organisations_due(rt: Runtime, now: datetime) -> list[UUID]:
    """Who has due timers, the longest waiting first."""
    async with rt.db.sweep() as raw:
        rows = await raw.fetch(
            f"SELECT org_id, min(fire_at) AS first FROM {rt.spec.name}.timers "
            "WHERE state = 'pending' AND fire_at <= $1 GROUP BY org_id ORDER BY first",
            now,
        )
    return [r["org_id"] for r in rows]


async def fire_due(rt: Runtime, org_id: UUID, now: datetime) -> int:
    """Fire one batch of an organisation's due timers in order of ``fire_at``; the number handled."""
    async with rt.db.tx(org_id) as tx:
        raw = tx.raw
        # Only a hint that keeps two workers from doing the same work; the end of each timer is what is checked.
        name = f"{tx.schema}.timers.{org_id}"
        if not await raw.fetchval("SELECT pg_try_advisory_xact_lock(hashtext($1))", name):
            return 0
        # Ordered by the index alone: of a hundred thousand that are due in one second it reads the first few.
        rows = await raw.fetch(
            f"SELECT id, kind, subject_id, fire_at, payload, attempts, request_id FROM {tx.schema}.timers "
            f"WHERE org_id = $1 AND state = 'pending' AND fire_at <= $2 ORDER BY fire_at LIMIT {MANY}",
            org_id,
            now,
        )
        rows.sort(key=lambda row: (row["fire_at"], row["id"]))
        handled = alone = 0
        for many, run in groupby(rows, key=lambda row: rt.spec.many_timers.get(row["kind"])):
            if many is not None:
                handled += await _fire_many(rt, tx, raw, many, list(run))
                continue
            for row in run:
                await _fire(rt, tx, raw, row)
                handled, alone = handled + 1, alone + 1
                if alone == BATCH:
                    return handled
    return handled


async def still_due(tx: Tx, timers: Sequence[Timer]) -> list[Timer]:
    """Those that were neither cancelled nor moved since they were read. Asked once what they are about is locked."""
    rows = await tx.raw.fetch(
        f"SELECT id FROM {tx.schema}.timers WHERE org_id = $1 AND id = ANY($2::uuid[]) AND state = 'pending'",
        tx.org_id,
        [timer.id for timer in timers],
    )
    live = {row["id"] for row in rows}
    return [timer for timer in timers if timer.id in live]


async def _fire_many(rt: Runtime, tx: Tx, raw: Any, many: TimersHandler, rows: Sequence[Any]) -> int:
    if len(rows) == 1:
        await _fire(rt, tx, raw, rows[0])
        return 1
    try:
        async with tx.savepoint():
            done = await many(tx, [_timer(row) for row in rows])
            if done and await _end_many(raw, tx, done) != len(done):
                raise _Gone
    except Exception as error:
        if is_connection_error(error):
            raise
        log.warning("timers.halved", timers=len(rows), error=f"{type(error).__name__}: {error}"[:500])
        half = len(rows) // 2
        return await _fire_many(rt, tx, raw, many, rows[:half]) + await _fire_many(rt, tx, raw, many, rows[half:])
    for kind, count in Counter(timer.kind for timer in done).items():
        metrics.TIMERS_FIRED.labels(tx.schema, kind).inc(count)
        log.info("timers.fired", kind=kind, timers=count, fire_at=done[0].fire_at.isoformat())
    return len(done)


async def _end_many(raw: Any, tx: Tx, timers: Sequence[Timer]) -> int:
    """End these timers, or move those that were set again, in one statement; how many were still live."""
    ends: list[tuple[Any, ...]] = []
    for timer in timers:
        again = tx.pending.timers.pop((timer.kind, timer.subject_id), None)
        if again is None:
            ends.append((timer.id, None, None, None, None))
        else:
            ends.append((timer.id, uuid7(), again["fire_at"], dumps(again["payload"]), again["request_id"]))
    tag: str = await raw.execute(
        f"UPDATE {tx.schema}.timers t SET state = CASE WHEN u.again IS NULL THEN 'done' ELSE 'pending' END, "
        "attempts = CASE WHEN u.again IS NULL THEN t.attempts + 1 ELSE 0 END, error = NULL, "
        "id = coalesce(u.again, t.id), fire_at = coalesce(u.fire_at, t.fire_at), "
        "payload = coalesce(u.payload::jsonb, t.payload), request_id = coalesce(u.request_id, t.request_id) "
        "FROM unnest($2::uuid[], $3::uuid[], $4::timestamptz[], $5::text[], $6::text[]) "
        "AS u(id, again, fire_at, payload, request_id) WHERE t.org_id = $1 AND t.id = u.id AND t.state = 'pending'",
        tx.org_id,
        *zip(*ends, strict=True),
    )
    return int(tag.removeprefix("UPDATE "))


def _timer(row: Any) -> Timer:
    return Timer(
        *(row["id"], row["kind"], row["subject_id"], row["fire_at"], loads(row["payload"]), row["request_id"])
    )


async def _fire(rt: Runtime, tx: Tx, raw: Any, row: Any) -> None:
    timer = _timer(row)
    named = request_id.set(timer.request_id)
    try:
        await _fire_one(rt, tx, raw, timer, row["attempts"])
    finally:
        request_id.reset(named)


async def _fire_one(rt: Runtime, tx: Tx, raw: Any, timer: Timer, attempts: int) -> None:
    timer.begin(tx)
    try:
        async with tx.savepoint():
            handler = rt.spec.timers.get(timer.kind)
            if handler is None:
                raise LookupError(f"no handler for timer kind {timer.kind}")
            await handler(tx, timer)
            if not await _end(raw, tx, timer, "done", None):
                raise _Gone
    except _Gone:
        return
    except Exception as error:
        if is_connection_error(error):
            raise
        attempts += 1
        log.error("timer.failed", kind=timer.kind, subject=str(timer.subject_id), attempts=attempts, error=str(error))
        await _end(raw, tx, timer, "failed", f"{type(error).__name__}: {error}"[:2000])
        if attempts < MAX_ATTEMPTS:
            wait = timedelta(seconds=min(2**attempts, 60))
            tx.enqueue(RETRY_JOB, {"timer_id": str(timer.id)}, run_at=tx.wall + wait)
        return
    metrics.TIMERS_FIRED.labels(tx.schema, timer.kind).inc()
    log.info("timer.fired", kind=timer.kind, subject=str(timer.subject_id), fire_at=timer.fire_at.isoformat())


async def _end(raw: Any, tx: Tx, timer: Timer, state: str, error: str | None) -> bool:
    tag: str = await raw.execute(
        f"UPDATE {tx.schema}.timers SET state = $3, error = $4, attempts = attempts + 1 "
        "WHERE org_id = $1 AND id = $2 AND state = 'pending'",
        tx.org_id,
        timer.id,
        state,
        error,
    )
    return tag == "UPDATE 1"


async def retry(rt: Runtime, org_id: UUID, timer_id: UUID) -> None:
    """Put a failed timer back in line; its time stays what it was."""
    async with rt.db.tx(org_id) as tx:
        raw = tx.raw
        await raw.execute(
            f"UPDATE {tx.schema}.timers SET state = 'pending' WHERE org_id = $1 AND id = $2 AND state = 'failed'",
            org_id,
            timer_id,
        )
    rt.db.on_commit()
