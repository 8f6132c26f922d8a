"""What the worker does for assignments: those that begin or end at this instant take effect."""

from __future__ import annotations

from services.ticketing.assignments.standing import EDGE, refresh
from shared.db.tx import Tx
from shared.runtime import Timer


async def fire_edge(tx: Tx, timer: Timer) -> None:
    """Bring somebody's stored standing up to the instant; harmless when it is already."""
    await refresh(tx, timer.subject_id)


TIMERS = {EDGE: fire_edge}
