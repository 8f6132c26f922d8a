"""The worker's side of dunning: plans, messages and ended windows, chunk by chunk.

Each chunk is a transaction of its own; killed in between, a job goes on from what is stored.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from uuid import UUID

from services.billing.dunning import plans, steps
from services.billing.settings import Settings
from shared.db.tx import Tx
from shared.runtime import Job, Runtime


async def plan(rt: Runtime, job: Job) -> None:
    """Make a plan to its end."""
    plan_id = UUID(str(job.payload["plan_id"]))
    await _chunks(rt, job, lambda tx, size: plans.plan_chunk(tx, plan_id, size))


async def send(rt: Runtime, job: Job) -> None:
    """Ask for the text messages of a plan."""
    plan_id = UUID(str(job.payload["plan_id"]))
    await _chunks(rt, job, lambda tx, size: steps.send_chunk(tx, plan_id, size))


async def close(rt: Runtime, job: Job) -> None:
    """Say what was missed in a window that ended."""
    plan_id, kind = UUID(str(job.payload["plan_id"])), str(job.payload["kind"])
    last = date.fromisoformat(str(job.payload["last_on"]))
    await _chunks(rt, job, lambda tx, size: steps.close_chunk(tx, plan_id, kind, last, size))


async def _chunks(rt: Runtime, job: Job, do: Callable[[Tx, int], Awaitable[bool]]) -> None:
    size = rt.settings.run_chunk if isinstance(rt.settings, Settings) else Settings.model_fields["run_chunk"].default
    more = True
    while more:
        async with rt.db.tx(job.org_id, request_id=job.request_id) as tx:
            more = await do(tx, size)
