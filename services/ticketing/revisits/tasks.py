"""What the worker does for follow-up calls: find the ones that were not made in time."""

from __future__ import annotations

from services.ticketing.domain.kind import kinds
from services.ticketing.domain.revisit_rules import Attempt
from services.ticketing.revisits import repository
from services.ticketing.revisits.service import clock_facts
from services.ticketing.tickets import casework
from shared.db.tx import Tx
from shared.runtime import Timer


async def fire_revisit(tx: Tx, timer: Timer) -> None:
    """The first second too late of a call's clock (B-013); the call stays due. Harmless when it was made meanwhile."""
    seen = await repository.find(tx, timer.subject_id)
    if seen is None:
        return
    case = await casework.lock(tx, seen.ticket_id)
    revisit = await repository.find(tx, timer.subject_id)
    if case is None or revisit is None or case.kind.revisit is None:
        return
    made = [Attempt(a.occurred_at, a.outcome, a.rating) for a in await repository.attempts_of(tx, revisit.id)]
    await casework.tick(tx, case, revisit.id, (case.kind.revisit,), clock_facts(case, revisit, made))


TIMERS = {kind.revisit.code: fire_revisit for kind in kinds().values() if kind.revisit is not None}
