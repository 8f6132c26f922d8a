"""What the worker does for tasks: mornings before they are due, and days that are over; both may run twice and late."""

from __future__ import annotations

from services.kpi.tasks_register.service import day_over, remind
from services.kpi.tasks_register.steps import DUE, REMIND
from shared.db.tx import Tx
from shared.runtime import Timer


async def fire_due(tx: Tx, timer: Timer) -> None:
    """The day of a task is over."""
    await day_over(tx, timer.subject_id)


async def fire_remind(tx: Tx, timer: Timer) -> None:
    """A task is due tomorrow."""
    await remind(tx, timer.subject_id)


TIMERS = {DUE: fire_due, REMIND: fire_remind}
