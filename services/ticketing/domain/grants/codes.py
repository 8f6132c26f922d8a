"""One-time codes: six digits, once, five tries, ten minutes; and when another message is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from services.ticketing.domain.grants.policy import (
    CODE_DIGITS,
    CODE_LIFE,
    CODE_TRIES,
    JOINABLE,
    RESEND_AFTER,
)

LARGEST: Final = 10**CODE_DIGITS


def written(number: int) -> str:
    """The digits of a code, leading zeros included. Raises ValueError outside the range."""
    if not 0 <= number < LARGEST:
        raise ValueError(number)
    return f"{number:0{CODE_DIGITS}d}"


def is_code(text: str) -> bool:
    """Whether a text can be a code at all (what cannot be one is refused without costing a try)."""
    return len(text) == CODE_DIGITS and text.isascii() and text.isdigit()


@dataclass(frozen=True, slots=True)
class Sent:
    """The last message to a phone: when it went out, and until when its code is good."""

    sent_at: datetime
    expires_at: datetime


Plan = Literal["send", "join", "wait"]


def plan(last: Sent | None, now: datetime, may_send: bool) -> Plan:
    """What a request for a code leads to.

    send: a new message. join: the code that is on its way or at hand already is good for this request, too; it lies on
    the owner's phone, whoever caused it, so that somebody else's requests never keep an owner from a code. wait: no
    message may be sent now and none is at hand.
    """
    if last is not None and now - last.sent_at < RESEND_AFTER and now < last.expires_at:
        return "join"
    if may_send:
        return "send"
    if last is not None and last.expires_at - now >= JOINABLE:
        return "join"
    return "wait"


def expiry(now: datetime) -> datetime:
    """Until when a code sent now is good."""
    return now + CODE_LIFE


def tries_left(tries: int) -> int:
    """How many tries remain after ``tries``; never below zero."""
    return max(0, CODE_TRIES - tries)
