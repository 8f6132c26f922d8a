"""A payment order: the wish of an owner to pay so much, until a provider says what became of it.

Only the provider's word moves an order: its signed callback, or its signed answer when it is asked. Nobody
concludes from silence that nothing was paid; silence past the order's end is the state ``unknown``, in which
the provider is asked again until it answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

CREATED, STARTED, PAID, CLOSED, UNKNOWN, DIFFERS = "created", "started", "paid", "closed", "unknown", "differs"
STATES: Final = (CREATED, STARTED, PAID, CLOSED, UNKNOWN, DIFFERS)

#: How long an owner has to pay; the provider is told the same end.
TTL: Final = timedelta(minutes=30)
_FIRST_ASK: Final = timedelta(minutes=3)
_AFTER_END: Final = timedelta(minutes=1)
_LONGEST_WAIT: Final = timedelta(hours=1)

SUCCESS, PENDING, GONE = "success", "pending", "gone"
"""What a provider says of a trade: paid, may still be paid, will never be paid."""

BOOK, CLOSE, KEEP, DIFFER, SILENT = "book", "close", "keep", "differ", "silent"


@dataclass(frozen=True, slots=True)
class Order:
    """What an order fixed when it was made; ``amount_fen`` is never taken from anybody else's word."""

    state: str
    amount_fen: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """A provider's word on a trade: ``state`` of SUCCESS, PENDING, GONE; the fen it took, in which currency."""

    state: str
    amount_fen: int | None = None
    currency: str = "CNY"


def judge(order: Order, said: Said | None) -> str:
    """What the provider's word (``None``: it gave no answer) means for the order.

    BOOK: the money came in, once. DIFFER: it came in, but not as ordered, and a person must look. CLOSE: it will
    never come. SILENT: no answer. KEEP: nothing to do. Money that comes for a closed order is booked all the same:
    it was taken from somebody.
    """
    if order.state in (PAID, DIFFERS):
        return KEEP
    if said is None:
        return SILENT
    if said.state == SUCCESS:
        return BOOK if (said.amount_fen, said.currency) == (order.amount_fen, "CNY") else DIFFER
    if said.state == GONE and order.state != CLOSED:
        return CLOSE
    return KEEP


def may_start(order: Order, now: datetime) -> bool:
    """Whether the payer may still be sent to the provider; the very second of the end is too late."""
    return order.state in (CREATED, STARTED) and now < order.expires_at


def first_ask(made_at: datetime) -> datetime:
    """When the provider is asked for the first time, in case its callback was lost."""
    return made_at + _FIRST_ASK


def next_ask(order: Order, asked: int, now: datetime) -> datetime:
    """When to ask again after ``asked`` questions: just after the order's end, then ever more rarely, for ever."""
    end = order.expires_at + _AFTER_END
    return end if now < end else now + min(_FIRST_ASK * 2 ** min(max(asked - 2, 0), 6), _LONGEST_WAIT)


def over(order: Order, now: datetime) -> bool:
    """Whether the time to pay is over, so that a trade that is still unpaid is closed at the provider."""
    return now >= order.expires_at
