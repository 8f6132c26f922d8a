"""What the worker does for tickets: find promises broken, close what closes by itself."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.ticketing.domain.commands import apply
from services.ticketing.domain.kind import kinds
from services.ticketing.domain.steps import step_specs
from services.ticketing.slips.repository import unsettled
from services.ticketing.tickets import casework
from services.ticketing.tickets.casework import AUTO_CLOSE
from services.ticketing.tickets.store import Gathered
from shared.db.tx import Tx
from shared.runtime import Timer
from shared.timers import firing


async def fire_clock(tx: Tx, timer: Timer) -> None:
    """A share of a clock's budget is used up, or its first second too late has come; ``tx.now`` is that second.

    Harmless when the promise was kept meanwhile. A step's clock is its own subject and names its ticket.
    """
    case = await casework.lock(tx, _case_of(timer))
    if case is not None:
        await casework.tick(tx, case, case.id, case.kind.clocks, case.facts, timer.kind)


async def fire_clocks(tx: Tx, timers: Sequence[Timer]) -> Sequence[Timer]:
    """:func:`fire_clock` for many: all cases locked in one statement, each decided alone, written table by table.

    A case that somebody changes at this moment is left for the next look, so that nobody waits for anybody.
    """
    left, done = list(timers), []
    while left:
        round_of: dict[UUID, Timer] = {}
        for timer in left:  # of each case one clock at a time: the next one begins from what that leaves
            round_of.setdefault(_case_of(timer), timer)
        store = Gathered()
        cases = await casework.lock_free(tx, round_of, store)
        due = {t.id for t in await firing.still_due(tx, [t for id, t in round_of.items() if id in cases])}
        for id, timer in round_of.items():
            if timer.id in due:
                case = cases[id]
                timer.begin(tx)
                await casework.tick(tx, case, case.id, case.kind.clocks, case.facts, timer.kind)
                done.append(timer)
        await store.write(tx)
        left = [t for t in left if _case_of(t) in cases and round_of[_case_of(t)] is not t]
    return done


def _case_of(timer: Timer) -> UUID:
    return UUID(timer.payload["ticket_id"]) if timer.payload else timer.subject_id


async def auto_close(tx: Tx, timer: Timer) -> None:
    """Close a completed case that nobody signed, where its kind allows that."""
    case = await casework.lock(tx, timer.subject_id)
    if case is None or "close" not in case.kind.allowed(case.facts.state):
        return
    if await unsettled(tx, case.id) is not None:
        return  # the owner has not agreed to a slip: its settlement sets the timer again
    after = apply(case.kind, case.facts, "close", tx.now, {}, number=case.row.number)
    await casework.act(tx, case, after, "close", tx.now, data={"reason": "unsigned"})


_CLOCKS = [
    *(spec.code for kind in kinds().values() for spec in kind.clocks),
    *(spec.code for code in kinds() for spec in step_specs(code).values()),
]
TIMERS = {**dict.fromkeys(_CLOCKS, fire_clock), AUTO_CLOSE: auto_close}
MANY_TIMERS = dict.fromkeys(_CLOCKS, fire_clocks)
