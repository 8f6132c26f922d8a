"""Fires what is due, oldest first, each handler's effects and its timer's end in one transaction.

The handler runs before its timer row is touched: a request locks the ticket first and its timer at the commit, so the
worker must take them in the same order, or the two would wait for each other. That the timer was still live is
checked at the end, and a handler whose timer was cancelled or moved meanwhile is undone.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from shared.db.database import is_connection_error
from shared.db.flush import loads
from shared.db.tx import Tx
from shared.runtime import Runtime, Timer
from shared.telemetry import metrics
from shared.telemetry.context import request_id

log = structlog.get_logger(__name__)

BATCH = 50
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
        alone = await raw.fetchval("SELECT pg_try_advisory_xact_lock(hashtext($1))", f"{tx.schema}.timers.{org_id}")
        if not alone:
            return 0
        rows = await raw.fetch(
            f"SELECT id, kind, subject_id, fire_at, payload, attempts, request_id FROM {tx.schema}.timers "
            f"WHERE org_id = $1 AND state = 'pending' AND fire_at <= $2 ORDER BY fire_at, id LIMIT {BATCH}",
            org_id,
            now,
        )
        for row in rows:
            named = request_id.set(row["request_id"])
            try:
                await _fire(rt, tx, raw, row)
            finally:
                request_id.reset(named)
    return len(rows)


async def _fire(rt: Runtime, tx: Tx, raw: Any, row: Any) -> None:
    timer = Timer(row["id"], row["kind"], row["subject_id"], row["fire_at"], loads(row["payload"]))
    tx.now = timer.fire_at
    tx.request_id = row["request_id"]
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
        attempts = row["attempts"] + 1
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
