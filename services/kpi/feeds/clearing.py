"""Clears away what nobody needs to be told any more: superseded changes and tombstones of long ago."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from services.kpi.domain.times import SHANGHAI
from services.kpi.feeds import repository
from shared.db.tx import Tx
from shared.runtime import Job, Runtime, Timer

TIMER = "feeds.clear"
JOB = "feeds.clear"
#: How long a consumer may stay away and still go on from its cursor.
KEEP = timedelta(days=35)


def next_night(now: datetime) -> datetime:
    """Three in the morning of the organisation's country, when little else is done."""
    local = now.astimezone(SHANGHAI)
    at = datetime.combine(local.date(), time(3), SHANGHAI)
    return at if at > local else at + timedelta(days=1)


async def fire(tx: Tx, timer: Timer) -> None:
    """Have it done by a job, and plan the next night."""
    tx.enqueue(JOB, {})
    tx.set_timer(TIMER, tx.org_id, next_night(tx.now))


async def run(rt: Runtime, job: Job) -> None:
    """Clear one organisation's feeds; the floor rises with it, so that a cursor below is told to start anew."""
    async with rt.db.tx(job.org_id, request_id=job.request_id) as tx:
        await clear(tx)


async def clear(tx: Tx) -> None:
    """Drop what is older than `KEEP` and raise the floors."""
    for feed, top in (await repository.clear(tx, tx.now - KEEP)).items():
        await repository.raise_floor(tx, feed, top)
