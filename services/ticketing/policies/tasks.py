"""What the worker does for plans: let versions begin on their day, and plan open clocks anew."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from services.ticketing.places.repository import lock_tree
from services.ticketing.policies import repository
from services.ticketing.policies.assigning import REPLAN, assign
from services.ticketing.policies.service import BEGIN
from services.ticketing.revisits.tasks import tick_call
from services.ticketing.tickets import casework
from shared.db.tx import Tx
from shared.runtime import Job, Runtime, Timer

BATCH: Final = 50


async def begin(tx: Tx, timer: Timer) -> None:
    """The first day of a version has come."""
    await lock_tree(tx)
    await assign(tx, below=UUID(timer.payload["org_unit_id"]))


async def replan(rt: Runtime, job: Job) -> None:
    """Plan the running clocks of a community anew, ticket by ticket, each under its own short lock.

    A second run goes on with those that still name another plan; a clock that was met, missed or cancelled is never
    among them.
    """
    community_id = UUID(job.payload["community_id"])
    after: UUID | None = None
    while True:
        async with rt.db.read(job.org_id) as tx:
            ids = await repository.to_replan(tx, community_id, after, BATCH)
        if not ids:
            return
        for ticket_id in ids:
            async with rt.db.tx(job.org_id, request_id=job.request_id) as tx:
                await replan_ticket(tx, ticket_id)
        after = ids[-1]


async def replan_ticket(tx: Tx, ticket_id: UUID) -> None:
    """Bring all clocks of a ticket, and of its follow-up calls, to the plan that its community has now."""
    case = await casework.lock(tx, ticket_id)
    if case is None:
        return
    await casework.tick(tx, case, case.id, case.kind.clocks, case.facts)
    call = case.kind.revisit
    for row in case.clocks:
        if call is not None and row.clock == call.code and row.state == "running":
            await tick_call(tx, case, row.subject_id)


TIMERS = {BEGIN: begin}
JOBS = {REPLAN: replan}
