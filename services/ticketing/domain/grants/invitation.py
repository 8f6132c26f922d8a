"""Invitations of staff: eight digits, once, five tries, three days unless said otherwise."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Literal

from services.ticketing.domain.grants.limits import Limit
from services.ticketing.domain.grants.policy import HOUR, RESEND_AFTER

DIGITS: Final = 8
LARGEST: Final = 10**DIGITS
HOURS: Final = 72
LONGEST_HOURS: Final = 168
#: Tries at one invitation, whoever tries from wherever: none comes back while the longest invitation lives.
TRIES: Final = Limit(5, 2 * LONGEST_HOURS * HOUR)

Kind = Literal["invite", "reset"]


def written(number: int) -> str:
    """The digits of a code, leading zeros included. Raises ValueError outside the range."""
    if not 0 <= number < LARGEST:
        raise ValueError(number)
    return f"{number:0{DIGITS}d}"


def is_code(text: str) -> bool:
    """Whether a text can be a code at all (what cannot be one is refused without costing a try)."""
    return len(text) == DIGITS and text.isascii() and text.isdigit()


def is_good(state: str, expires_at: datetime, now: datetime) -> bool:
    """Whether an invitation can still be used; at the very second of its end it cannot."""
    return state == "open" and now < expires_at


def wait(sent_at: datetime | None, now: datetime) -> timedelta:
    """How long another message to the same member of staff has to wait; zero or less when it may go."""
    return timedelta() if sent_at is None else sent_at + RESEND_AFTER - now
