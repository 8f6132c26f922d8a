"""A delivery's states and what the outcome of one attempt means for it.

The one rule that must hold through every crash: an attempt that may have reached the reader is not
repeated. So a delivery is claimed, durably, before the provider is called; a claim whose end nobody
recorded, and a silence after the message was handed over, are both `unknown`: neither sent nor failed, and
left to the provider's receipt or to a person.

Nothing is dropped: what no provider refused and no channel could carry ends as `parked`, to be replayed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final


class Outcome(StrEnum):
    """What one attempt came to."""

    SENT = "sent"
    THROTTLED = "throttled"  # the provider asks us to slow down
    UNREACHABLE = "unreachable"  # nothing was handed over: no connection, or it broke before the message
    ACCOUNT = "account"  # the provider refuses us, not the message: a key, a balance, a template; somebody mends it
    REFUSED = "refused"  # permanently: this message to this address will never be taken
    UNKNOWN = "unknown"  # handed over, and then silence


class State(StrEnum):
    """Where a delivery stands. Only `queued` may be claimed."""

    HELD = "held"  # until a quiet hour, a household's cap or a digest lets it go
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"  # the provider's receipt says that it arrived
    FAILED = "failed"
    UNKNOWN = "unknown"
    PARKED = "parked"  # no provider could be made to take it; a person replays it
    DIGESTED = "digested"  # told as one line of a digest
    CANCELLED = "cancelled"


#: Outcomes after which the message is certainly not under way, so that another provider may be asked at once.
NOT_HANDED_OVER: Final = frozenset({Outcome.THROTTLED, Outcome.UNREACHABLE, Outcome.ACCOUNT})


def _seconds(*steps: int) -> tuple[timedelta, ...]:
    return tuple(timedelta(seconds=step) for step in steps)


# A line that broke is back in seconds; a server that asks for patience wants minutes, a full mailbox hours; an
# account is mended by a person who has to be found first.
BACKOFF: Final[Mapping[Outcome, tuple[timedelta, ...]]] = {
    Outcome.UNREACHABLE: _seconds(2, 10, 30, 60, 5 * 60, 15 * 60, 3600, 4 * 3600, 12 * 3600),
    Outcome.THROTTLED: _seconds(5, 20, 60, 5 * 60, 15 * 60, 3600, 4 * 3600, 12 * 3600),
    Outcome.ACCOUNT: _seconds(60, 5 * 60, 15 * 60, 3600, 4 * 3600, 12 * 3600),
}

#: With another channel to go to, so many attempts are enough: an owner should not wait half a day for a text message
#: that an e-mail could replace.
FALL_BACK_AFTER: Final = 4

#: A wait is made longer by up to this share of itself, so that what failed together does not return together.
JITTER: Final = 20


@dataclass(frozen=True)
class Result:
    """What a channel reports of one attempt. `code` is the provider's own, `reference` its id for the
    message.

    `after` is how long the provider asked us to wait, where it did; `gone` are addresses that it says exist no more.
    """

    outcome: Outcome
    code: str | None = None
    detail: str | None = None
    reference: str | None = None
    after: timedelta | None = None
    gone: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """What happens to the delivery next; `wait` only with QUEUED."""

    state: State
    wait: timedelta | None = None


def next_step(result: Result, attempt: int, *, more: bool = False, seed: bytes = b"") -> Step:
    """The state after attempt number `attempt` (from 1).

    A wait is the longer of our back-off and what the provider asked for, spread by `seed`. `more`: there is
    another channel for this message, so a refusal or a provider that stays away ends this delivery as
    failed; without one, what was never refused is parked.
    """
    match result.outcome:
        case Outcome.SENT:
            return Step(State.SENT)
        case Outcome.UNKNOWN:
            return Step(State.UNKNOWN)
        case Outcome.REFUSED:
            return Step(State.FAILED)
    steps = BACKOFF[result.outcome]
    if more and attempt >= FALL_BACK_AFTER:
        return Step(State.FAILED)
    if attempt > len(steps):
        return Step(State.PARKED)
    return Step(State.QUEUED, max(spread(steps[attempt - 1], seed), result.after or timedelta()))


def spread(wait: timedelta, seed: bytes) -> timedelta:
    """`wait`, longer by 0 to JITTER percent of itself as `seed` has it; the same seed gives the same wait."""
    if not seed:
        return wait
    share = int.from_bytes(sha256(seed).digest()[:2]) % (JITTER + 1)
    return wait + wait * share / 100


def after_receipt(state: State, *, arrived: bool) -> State | None:
    """Where a receipt puts a delivery, or None when it says nothing new.

    It resolves what is unknown, and what was handed over; a receipt may be faster than our own record, so it
    also ends what is still `sending`. After the first word about a delivery a second, contrary one is kept
    in the log and changes nothing.
    """
    if state not in (State.SENDING, State.SENT, State.UNKNOWN):
        return None
    return State.DELIVERED if arrived else State.FAILED
