"""What the worker does for policies: days by which they were to be updated."""

from __future__ import annotations

from services.kpi.policies.service import UPDATE, update_missed
from shared.db.tx import Tx
from shared.runtime import Timer


async def fire_update(tx: Tx, timer: Timer) -> None:
    """The day is over."""
    await update_missed(tx, timer.subject_id)


TIMERS = {UPDATE: fire_update}
