"""What the worker does for follow-up calls: find the ones that were not made in time."""

from __future__ import annotations

from uuid import UUID

from services.ticketing.domain.kind import kinds
from services.ticketing.revisits import repository
from services.ticketing.revisits.opening import SOP
from services.ticketing.revisits.service import clock_facts, made_of
from services.ticketing.tickets import casework
from services.ticketing.tickets.casework import Case
from services.ticketing.tickets.repository import clocks_of
from shared.db.tx import Tx
from shared.runtime import Timer


async def fire_revisit(tx: Tx, timer: Timer) -> None:
    """A share of a call's time is used up, or its first second too late has come (B-013); the call stays due.

    Harmless when it was made meanwhile.
    """
    seen = await repository.find(tx, timer.subject_id)
    case = None if seen is None else await casework.lock(tx, seen.ticket_id)
    if case is not None:
        await tick_call(tx, case, timer.subject_id, timer.kind)


async def tick_call(tx: Tx, case: Case, revisit_id: UUID, fired: str | None = None) -> None:
    """Bring the clock of a call up to ``tx.now``; a new plan may move when the call is due."""
    revisit = await repository.find(tx, revisit_id)
    if revisit is None or case.kind.revisit is None:
        return
    facts = clock_facts(case, revisit, await made_of(tx, revisit.id))
    await casework.tick(tx, case, revisit.id, (case.kind.revisit,), facts, fired)
    for row in await clocks_of(tx, case.id):
        if row.subject_id == revisit.id and row.state == "running" and row.due_at != revisit.due_at:
            await repository.update_revisit(tx, revisit.id, revisit.version + 1, {"due_at": row.due_at})


async def fire_sop(tx: Tx, timer: Timer) -> None:
    """The first second too late of a sampled call (B-014): say so once; the call stays due."""
    seen = await repository.find(tx, timer.subject_id)
    if seen is None:
        return
    case = await casework.lock(tx, seen.ticket_id)
    revisit = await repository.find(tx, timer.subject_id)
    if case is None or revisit is None or revisit.state != "due":
        return
    case.version += 1
    entry = {
        "ticket_id": case.id,
        "action": "revisit.overdue",
        "state": case.facts.state,
        "public": False,
        "occurred_at": tx.now,
        "late_reason": None,
        "data": {"revisit_id": revisit.id, "due_at": revisit.due_at},
    }
    await casework.record(tx, case, entry)
    told = {"revisit_id": revisit.id, "ticket_id": case.id, "due_at": revisit.due_at}
    casework.emit(tx, case, "revisit.overdue.v1", told)


TIMERS = {kind.revisit.code: fire_revisit for kind in kinds().values() if kind.revisit is not None} | {SOP: fire_sop}
