"""How soon a promise breaches, in the words of a wallboard."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from services.ticketing.domain.clocks import whole

#: Up to and with so much time left; what is beyond the last is later.
LIMITS: Final = (("minutes", timedelta(minutes=30)), ("hours", timedelta(hours=2)), ("day", timedelta(hours=24)))


def left(due_at: datetime, now: datetime) -> timedelta:
    """Time until the last second that counts; negative when it has passed."""
    return due_at - whole(now)


def urgency(due_at: datetime, now: datetime) -> str:
    """overdue, minutes, hours, day or later. The second in which it is due is not overdue yet (AMB-106)."""
    remaining = left(due_at, now)
    if remaining < timedelta():
        return "overdue"
    return next((name for name, limit in LIMITS if remaining <= limit), "later")
