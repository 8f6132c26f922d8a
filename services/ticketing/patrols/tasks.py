"""What the worker does for patrols: days that are over, records that nobody read; both may run twice and late."""

from __future__ import annotations

from services.ticketing.patrols.service import DAY, READ, close_day, overdue
from shared.db.tx import Tx
from shared.runtime import Timer


async def fire_day(tx: Tx, timer: Timer) -> None:
    """The end of a day."""
    await close_day(tx, timer.subject_id)


async def fire_read(tx: Tx, timer: Timer) -> None:
    """The limit on reading a record has passed."""
    await overdue(tx, timer.subject_id)


TIMERS = {DAY: fire_day, READ: fire_read}
