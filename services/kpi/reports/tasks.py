"""What the worker does for reports: mornings before they are due, and days that are over."""

from __future__ import annotations

from services.kpi.reports.service import OVER, REMIND, over, remind
from shared.db.tx import Tx
from shared.runtime import Timer


async def fire_over(tx: Tx, timer: Timer) -> None:
    """The day of a report is over."""
    await over(tx, timer.subject_id)


async def fire_remind(tx: Tx, timer: Timer) -> None:
    """A report is due in some days."""
    await remind(tx, timer.subject_id)


TIMERS = {OVER: fire_over, REMIND: fire_remind}
