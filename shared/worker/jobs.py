"""Durable jobs: claim, commit, work (with network if need be), record. A job may run twice and may run late.

A claim is a lease, renewed while its worker lives: a worker that dies leaves a job whose lease runs out in seconds, and
another takes it; a job that takes long is not taken from a worker that is at it. Whoever lost a lease meanwhile (the
attempt's number has moved on) records nothing. Jobs raise ``Retryable``, ``Throttled(after)``, ``Permanent`` or
``OutcomeUnknown``; anything else is tried a few times and then left as dead, which readiness shows.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog

from shared import clock
from shared.db.database import is_connection_error
from shared.db.flush import loads
from shared.errors import OutcomeUnknown, Permanent, Retryable, Throttled
from shared.messaging.puller import REPLAY_JOB, replay
from shared.runtime import Job, Runtime
from shared.telemetry import metrics
from shared.telemetry.context import request_id
from shared.timers.firing import RETRY_JOB, retry

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=15)
RENEWALS = 3
"""How often a lease is renewed within its length."""
BATCH = 32
MAX_ATTEMPTS = 8
DEFAULT = "default"
"""The lane of all kinds of jobs that name no other."""


async def organisations_due(rt: Runtime) -> list[UUID]:
    """Who has jobs to run, expired leases included."""
    async with rt.db.sweep() as raw:
        rows = await raw.fetch(
            f"SELECT DISTINCT org_id FROM {rt.spec.name}.jobs WHERE state IN ('ready', 'running') AND run_at <= $1",
            clock.wall(),
        )
    return [r["org_id"] for r in rows]


async def claim(rt: Runtime, org_id: UUID, lane: str | None = None) -> list[Job]:
    """Take a batch, of one lane or (None) of any; two workers never take the same job while its lease lives."""
    only, arguments = _of_lane(rt.spec.lanes, lane)
    async with rt.db.tx(org_id) as tx:
        raw = tx.raw
        # Chosen once, apart from the change: as a subquery of it the choice may be made anew for each row it is joined
        # to, and as it passes over what is taken already it takes another batch each time, in the end all that waits.
        rows = await raw.fetch(
            f"WITH due AS MATERIALIZED (SELECT id FROM {tx.schema}.jobs WHERE org_id = $1 "
            f"AND state IN ('ready', 'running') AND run_at <= $2 {only} ORDER BY run_at, id "
            f"LIMIT {BATCH} FOR UPDATE SKIP LOCKED) "
            f"UPDATE {tx.schema}.jobs j SET state = 'running', run_at = $3, attempts = j.attempts + 1 FROM due "
            f"WHERE j.org_id = $1 AND j.id = due.id RETURNING j.id, j.kind, j.payload, j.attempts, j.request_id",
            org_id,
            tx.wall,
            tx.wall + LEASE,
            *arguments,
        )
    return [
        Job(r["id"], org_id, r["kind"], loads(r["payload"]), r["attempts"], r["request_id"]) for r in rows
    ]


def _of_lane(lanes: Mapping[str, str], lane: str | None) -> tuple[str, tuple[list[str], ...]]:
    """The condition for the jobs of a lane, and its argument: `DEFAULT` has all kinds that are in no other."""
    if lane is None:
        return "", ()
    if lane == DEFAULT:
        return "AND NOT kind = ANY($4::text[])", (list(lanes),)
    return "AND kind = ANY($4::text[])", ([kind for kind, name in lanes.items() if name == lane],)


async def run_due(rt: Runtime, org_id: UUID, lane: str | None = None) -> int:
    """Run one batch of an organisation's jobs side by side; the number run. Raises what the database raised."""
    jobs = await claim(rt, org_id, lane)
    if not jobs:
        return 0
    held = {job.id: job for job in jobs}
    keeper = asyncio.create_task(_keep(rt, org_id, held), name="keep-leases")
    try:
        # All of them end before any error is passed on: a job left running would lose its lease and run twice.
        results = await asyncio.gather(*(_run(rt, job, held) for job in jobs), return_exceptions=True)
    finally:
        keeper.cancel()
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return len(jobs)


async def _keep(rt: Runtime, org_id: UUID, held: dict[UUID, Job]) -> None:
    """Renew the leases of the jobs that are still under way."""
    while True:
        await asyncio.sleep(LEASE.total_seconds() / RENEWALS)
        with contextlib.suppress(Exception):  # the next turn tries again; at worst the job runs twice, as it may
            async with rt.db.tx(org_id) as tx:
                await tx.raw.executemany(
                    f"UPDATE {tx.schema}.jobs SET run_at = $4 "
                    "WHERE org_id = $1 AND id = $2 AND attempts = $3 AND state = 'running'",
                    [(org_id, job.id, job.attempts, tx.wall + LEASE) for job in held.values()],
                )


async def _run(rt: Runtime, job: Job, held: dict[UUID, Job]) -> None:
    try:
        await _try(rt, job)
    finally:
        del held[job.id]


async def _try(rt: Runtime, job: Job) -> None:
    request_id.set(job.request_id)
    began = clock.monotonic()
    handler = _SPINE.get(job.kind) or rt.spec.jobs.get(job.kind)
    outcome = "done"
    try:
        if handler is None:
            raise Permanent(f"no handler for job kind {job.kind}")
        await handler(rt, job)
        await _delete(rt, job)
        log.info("job.done", kind=job.kind, job_id=str(job.id), ms=round((clock.monotonic() - began) * 1000))
    except (Permanent, OutcomeUnknown) as error:
        outcome = "dead"
        await _settle(rt, job, "dead", None, error)
    except Throttled as error:
        outcome = "later"
        after = error.after if isinstance(error.after, timedelta) else timedelta(seconds=error.after)
        await _settle(rt, job, "ready", after, error)
    except Exception as error:
        if is_connection_error(error):
            raise  # the lease runs out and somebody takes it again
        dead = job.attempts >= MAX_ATTEMPTS
        outcome = "dead" if dead else "later"
        wait = timedelta(seconds=min(2**job.attempts, 60))
        await _settle(rt, job, "dead" if dead else "ready", wait, error)
    metrics.JOBS.labels(rt.spec.name, job.kind, outcome).inc()


async def _delete(rt: Runtime, job: Job) -> None:
    async with rt.db.tx(job.org_id) as tx:
        raw = tx.raw
        await raw.execute(
            f"DELETE FROM {tx.schema}.jobs WHERE org_id = $1 AND id = $2 AND attempts = $3",
            job.org_id,
            job.id,
            job.attempts,
        )


async def _settle(rt: Runtime, job: Job, state: str, wait: timedelta | None, error: Exception) -> None:
    text = f"{type(error).__name__}: {error}"[:2000]
    log.warning("job.not_done", kind=job.kind, job_id=str(job.id), state=state, attempts=job.attempts, error=text)
    async with rt.db.tx(job.org_id) as tx:
        raw = tx.raw
        await raw.execute(
            f"UPDATE {tx.schema}.jobs SET state = $3, run_at = $4, error = $5 "
            "WHERE org_id = $1 AND id = $2 AND attempts = $6 AND state = 'running'",
            job.org_id,
            job.id,
            state,
            tx.wall + (wait or timedelta()),
            text,
            job.attempts,
        )


async def _replay(rt: Runtime, job: Job) -> None:
    if not await replay(rt, job.org_id, UUID(job.payload["parked_id"])):
        raise Retryable("the event still cannot be applied")


async def _retry_timer(rt: Runtime, job: Job) -> None:
    await retry(rt, job.org_id, UUID(job.payload["timer_id"]))


_SPINE: dict[str, Any] = {REPLAY_JOB: _replay, RETRY_JOB: _retry_timer}
