"""Books what the bank collected, a short transaction at a time."""

from __future__ import annotations

from uuid import UUID

from services.billing.debits import service
from shared.runtime import Job, Runtime


async def book(rt: Runtime, job: Job) -> None:
    """Book the accepted lines of a run. It may die and run again: each line is booked once, by its own reference."""
    run_id = UUID(str(job.payload["run_id"]))
    more = True
    while more:
        async with rt.db.tx(job.org_id, request_id=job.request_id) as tx:
            more = await service.book_chunk(tx, run_id)
