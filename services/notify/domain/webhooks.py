"""Webhooks: which events a subscription wants, and what follows from an attempt at one.

A webhook may arrive twice (its `webhook-id` is the event's id, by which the other side knows) and out of order. Ten
attempts over seven days; a subscription whose event could not be brought in all that time is switched off.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.notify.domain.delivery import spread

ALL: Final = "*"
#: What `POST /webhooks/{id}/test` brings.
TEST: Final = "webhook.test"

#: The waits between ten attempts: quick at first, seven days in all.
WAITS: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
    timedelta(hours=48),
    timedelta(hours=75, minutes=24, seconds=55),
)
ATTEMPTS: Final = len(WAITS) + 1
#: How long an attempt may take before another worker may think that this one died: longer than its time-outs.
LEASE: Final = timedelta(seconds=60)
#: How long the log of a subscription reaches back.
KEPT: Final = timedelta(days=30)


class Delivery(StrEnum):
    """Where an event stands with one subscription."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"  # ten attempts over seven days
    STOPPED = "stopped"  # the subscription was switched off before


class Answer(StrEnum):
    """What an attempt came to."""

    TAKEN = "taken"  # 2xx
    REFUSED = "refused"  # any other status; a redirect is one of them and is not followed
    GONE = "gone"  # 410: the other side wants no more of it
    SILENT = "silent"  # no connection, or no answer in time
    INTERNAL = "internal"  # the address leads into our own network: nothing was sent


def answer_of(status: int) -> Answer:
    """What a status means."""
    if 200 <= status < 300:
        return Answer.TAKEN
    return Answer.GONE if status == 410 else Answer.REFUSED


@dataclass(frozen=True)
class Next:
    """What follows: the state of the delivery, the wait before the next attempt, and whether the subscription ends."""

    state: Delivery
    wait: timedelta | None = None
    disable: bool = False


def after(answer: Answer, attempt: int, seed: bytes = b"") -> Next:
    """What follows from attempt number `attempt` (from 1); waits are spread by `seed`, the last ones never longer
    than the seven days allow by more than that."""
    if answer is Answer.TAKEN:
        return Next(Delivery.DELIVERED)
    if answer is Answer.GONE:
        return Next(Delivery.FAILED, disable=True)
    if attempt >= ATTEMPTS:
        return Next(Delivery.FAILED, disable=True)
    wait = WAITS[attempt - 1]
    return Next(Delivery.WAITING, spread(wait, seed) if wait < timedelta(hours=1) else wait)


def wants(types: Collection[str], event_type: str) -> bool:
    """Whether a subscription to these types is one to an event of this type."""
    return ALL in types or event_type in types


def within(scope: Sequence[UUID], community: UUID | None, path: Sequence[UUID]) -> bool:
    """Whether an event of a community (with the org units above it) lies in a scope of communities and org units.

    An empty scope is the whole organisation; only it has the events that belong to no community.
    """
    if not scope:
        return True
    return community is not None and (community in scope or not set(scope).isdisjoint(path))
