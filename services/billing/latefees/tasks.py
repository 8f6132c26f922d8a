"""The worker's side of late fees."""

from __future__ import annotations

from uuid import UUID

from services.billing.latefees import service
from shared.runtime import Job, Runtime

CHUNK = 25
"""Bills per transaction, each of which may issue a bill: it stays well under a second."""


async def run(rt: Runtime, job: Job) -> None:
    """Charge late fees bill by bill to the end. Killed in between, it goes on from the stored cursor."""
    run_id, more = UUID(str(job.payload["run_id"])), True
    while more:
        async with rt.db.tx(job.org_id, request_id=job.request_id) as tx:
            more = await service.charge_chunk(tx, run_id, CHUNK)
