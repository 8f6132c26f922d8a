"""What the worker does for calls: find out which were not returned in time."""

from __future__ import annotations

from services.ticketing.calls import returns
from shared.db.tx import Tx
from shared.runtime import Timer


async def fire_return_due(tx: Tx, timer: Timer) -> None:
    """The first second too late; harmless when the call was returned meanwhile."""
    await returns.overdue(tx, timer.subject_id)


TIMERS = {returns.RETURN_DUE: fire_return_due}
