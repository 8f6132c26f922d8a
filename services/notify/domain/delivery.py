"""A delivery's states and what the outcome of one attempt means for it.

The one rule that must hold through every crash: an attempt that may have reached the reader is not
repeated. So a delivery is claimed, durably, before the provider is called; a claim whose end nobody
recorded, and a silence after the message was handed over, are both `unknown`: neither sent nor failed, and
left to a person.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final


class Outcome(StrEnum):
    """What one attempt came to."""

    SENT = "sent"
    THROTTLED = "throttled"  # the provider asks us to slow down, or cannot be reached
    REFUSED = "refused"  # permanently: this message to this address will never be taken
    UNKNOWN = "unknown"  # handed over, and then silence


class State(StrEnum):
    """Where a delivery stands. Only `queued` may be claimed."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


FINAL: Final = frozenset({State.SENT, State.FAILED, State.UNKNOWN, State.CANCELLED})

# From seconds to hours: a restarting server is back in seconds, a greylisting one in minutes, a full mailbox
# in hours.
BACKOFF: Final = tuple(timedelta(seconds=s) for s in (5, 20, 60, 5 * 60, 15 * 60, 3600, 4 * 3600, 12 * 3600))


@dataclass(frozen=True)
class Result:
    """What a channel reports of one attempt. `code` is the provider's own, `reference` its id for the
    message.

    `after` is how long the provider asked us to wait, where it did.
    """

    outcome: Outcome
    code: str | None = None
    detail: str | None = None
    reference: str | None = None
    after: timedelta | None = None


@dataclass(frozen=True)
class Step:
    """What happens to the delivery next; `wait` only with QUEUED."""

    state: State
    wait: timedelta | None = None


def next_step(result: Result, attempt: int) -> Step:
    """The state after attempt number `attempt` (from 1): sent, failed, unknown, or queued again after a wait.

    A wait is the longer of our back-off and what the provider asked for. After the last back-off the
    delivery fails.
    """
    match result.outcome:
        case Outcome.SENT:
            return Step(State.SENT)
        case Outcome.UNKNOWN:
            return Step(State.UNKNOWN)
        case Outcome.REFUSED:
            return Step(State.FAILED)
        case Outcome.THROTTLED:
            if attempt > len(BACKOFF):
                return Step(State.FAILED)
            return Step(State.QUEUED, max(BACKOFF[attempt - 1], result.after or timedelta()))
