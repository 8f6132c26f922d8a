"""The worker's side of late fees."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.billing.latefees import service
from shared.runtime import Job, Runtime

CHUNK = 25
"""Bills per transaction, each of which may issue a bill: it stays well under a second."""


async def run(rt: Runtime, job: Job) -> None:
    """Charge late fees bill by bill to the end. Killed in between, it begins anew and adds only what is missing."""
    version_id, until = UUID(str(job.payload["version_id"])), date.fromisoformat(str(job.payload["until"]))
    last: UUID | None = None
    while True:
        async with rt.db.tx(job.org_id, request_id=job.request_id) as tx:
            last = await service.charge_chunk(tx, version_id, until, last, CHUNK)
        if last is None:
            return
