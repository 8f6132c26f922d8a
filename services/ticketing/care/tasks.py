"""What the worker does for regular calls: rounds begin and end; both may run twice and late."""

from __future__ import annotations

from services.ticketing.care.service import CLOSE, OPEN, begin, close
from shared.db.tx import Tx
from shared.runtime import Timer


async def fire_open(tx: Tx, timer: Timer) -> None:
    """The day of a round has come."""
    await begin(tx, timer.subject_id)


async def fire_close(tx: Tx, timer: Timer) -> None:
    """The days of a round are over."""
    await close(tx, timer.subject_id)


TIMERS = {OPEN: fire_open, CLOSE: fire_close}
