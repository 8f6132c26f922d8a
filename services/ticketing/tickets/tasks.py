"""What the worker does for tickets: find promises broken, close what closes by itself."""

from __future__ import annotations

from uuid import UUID

from services.ticketing.domain.commands import apply
from services.ticketing.domain.kind import kinds
from services.ticketing.domain.steps import step_specs
from services.ticketing.slips.repository import unsettled
from services.ticketing.tickets import casework
from services.ticketing.tickets.casework import AUTO_CLOSE
from shared.db.tx import Tx
from shared.runtime import Timer


async def fire_clock(tx: Tx, timer: Timer) -> None:
    """A share of a clock's budget is used up, or its first second too late has come; ``tx.now`` is that second.

    Harmless when the promise was kept meanwhile. A step's clock is its own subject and names its ticket.
    """
    case = await casework.lock(tx, UUID(timer.payload["ticket_id"]) if timer.payload else timer.subject_id)
    if case is not None:
        await casework.tick(tx, case, case.id, case.kind.clocks, case.facts, timer.kind)


async def auto_close(tx: Tx, timer: Timer) -> None:
    """Close a completed case that nobody signed, where its kind allows that."""
    case = await casework.lock(tx, timer.subject_id)
    if case is None or "close" not in case.kind.allowed(case.facts.state):
        return
    if await unsettled(tx, case.id) is not None:
        return  # the owner has not agreed to a slip: its settlement sets the timer again
    after = apply(case.kind, case.facts, "close", tx.now, {}, number=case.row.number)
    await casework.act(tx, case, after, "close", tx.now, data={"reason": "unsigned"})


TIMERS = {
    **{spec.code: fire_clock for kind in kinds().values() for spec in kind.clocks},
    **{spec.code: fire_clock for code in kinds() for spec in step_specs(code).values()},
    AUTO_CLOSE: auto_close,
}
