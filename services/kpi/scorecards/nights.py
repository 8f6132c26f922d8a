"""When a letter's provisional numbers are due: every night of its term, and of a while after it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from shared.db.tx import Tx
from shared.periods import Period

TIMER = "scorecard.daily"
#: Local time of the night at which yesterday's numbers are complete.
AT = time(2)
#: How long after a letter's term its open periods are still scored; a close is due long before.
TAIL = timedelta(days=100)


def plan(tx: Tx, letter_id: UUID, term: str, zone: ZoneInfo) -> None:
    """Set the timer of the next night, while the letter's term or its tail runs."""
    local = tx.now.astimezone(zone)
    at = datetime.combine(local.date(), AT, zone)
    if at <= local:
        at = datetime.combine(local.date() + timedelta(days=1), AT, zone)
    if at < Period.parse(term).bounds(zone)[1] + TAIL:
        tx.set_timer(TIMER, letter_id, at)
