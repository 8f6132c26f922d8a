"""What slips mean for the end of their case: it does not close over one that the owner has not agreed to."""

from __future__ import annotations

from uuid import UUID

from services.ticketing.domain.slip_errors import SlipOpen
from services.ticketing.domain.slips import STATES
from services.ticketing.slips import repository
from services.ticketing.tickets.casework import AUTO_CLOSE, Case
from shared.db.tx import Tx


async def forbid_open(tx: Tx, ticket_id: UUID) -> None:
    """Raises :class:`SlipOpen` while a slip of the case is neither confirmed nor void."""
    row = await repository.unsettled(tx, ticket_id)
    if row is not None:
        # row: C-015 a case with a slip that the owner has not agreed to stays open
        raise SlipOpen(number=row.number, state_zh=STATES[row.state][0], state_en=STATES[row.state][1])


async def let_close(tx: Tx, case: Case) -> None:
    """After the last slip was settled: a case that would have closed by itself meanwhile does so now."""
    wait, done = case.kind.auto_close, case.facts.completed_at
    if wait is None or done is None or "close" not in case.kind.allowed(case.facts.state):
        return
    if await repository.unsettled(tx, case.id) is None:
        tx.set_timer(AUTO_CLOSE, case.id, max(done + wait, tx.now))
