"""The worker's side of a billing run."""

from __future__ import annotations

from uuid import UUID

from services.billing.runs import service
from services.billing.settings import Settings
from shared.runtime import Job, Runtime


async def run(rt: Runtime, job: Job) -> None:
    """Bill a run chunk by chunk until it is done. Killed in between, it goes on from the stored cursor."""
    run_id = UUID(str(job.payload["run_id"]))
    size = rt.settings.run_chunk if isinstance(rt.settings, Settings) else Settings.model_fields["run_chunk"].default
    more = True
    while more:
        # Bulk work of one organisation, named in every statement: the role whose rows no policy looks at one by one.
        async with rt.db.job(job.org_id, request_id=job.request_id) as tx:
            more = await service.bill_chunk(tx, run_id, size)
