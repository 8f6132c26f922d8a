"""Limits that cannot be reset by waiting for the turn of an hour: the generic cell rate algorithm.

One instant per key (the "theoretical arrival time") holds everything: no windows to clean, no doubling at a window's
edge, and the most that anybody can do in any stretch of time is a formula that tests compute.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

ZERO = timedelta()


@dataclass(frozen=True, slots=True)
class Limit:
    """``burst`` uses at once, then one per ``every``."""

    burst: int
    every: timedelta

    def most(self, window: timedelta) -> int:
        """The most uses anybody can make in any stretch of that length, both ends included."""
        return self.burst + window // self.every


@dataclass(frozen=True, slots=True)
class Admission:
    """What a limit says: admitted, with the instant to store, or how long to wait."""

    admitted: bool
    until: datetime
    wait: timedelta


def admit(until: datetime | None, now: datetime, limit: Limit) -> Admission:
    """Whether one more use fits. ``until``: what was stored for the key, None for a key never used.

    A refused use changes nothing, so that asking in vain never lengthens the wait.
    """
    start = now if until is None else max(until, now)
    wait = start - now - limit.every * (limit.burst - 1)
    if wait > ZERO:
        return Admission(False, start, wait)
    return Admission(True, start + limit.every, ZERO)


def refund(until: datetime, limit: Limit) -> datetime:
    """What to store when a use turned out not to count (a right password is no guess)."""
    return until - limit.every


@dataclass(frozen=True, slots=True)
class BackOff:
    """A growing wait after failures: ``free`` are forgiven, then ``first``, doubled each time up to ``most``.

    After ``forget`` without a failure the count starts anew.
    """

    free: int
    first: timedelta
    most: timedelta
    forget: timedelta

    def wait(self, failures: int) -> timedelta:
        """How long to wait after that many failures in a row."""
        over = failures - self.free
        if over < 0:
            return ZERO
        # A shift of more than 30 would be beyond any `most` anyway, and timedelta would overflow.
        return min(self.first * (1 << min(over, 30)), self.most)

    def tries(self, window: timedelta) -> int:
        """The most tries that one lane can make in that time, all of them wrong."""
        spent, count = ZERO, 0
        while spent <= window:
            count += 1
            spent += self.wait(count)
            if count > 1_000_000:
                raise ValueError("the back-off does not bound anything")
        return count


@dataclass(frozen=True, slots=True)
class Failures:
    """What is stored of a lane: failures in a row, and until when it is refused."""

    count: int
    until: datetime


def fail(stored: Failures | None, now: datetime, rule: BackOff) -> Failures:
    """Count one more failure, before it is known whether it is one: a hundred tries at once are a hundred failures."""
    count = 0 if stored is None or now - stored.until > rule.forget else stored.count
    return Failures(count + 1, now + rule.wait(count + 1))


def retract(stored: Failures, now: datetime) -> Failures:
    """Take one failure back that was none; those before it stay."""
    return Failures(max(0, stored.count - 1), now)


def blocked(stored: Failures | None, now: datetime, rule: BackOff) -> timedelta:
    """How long the lane still has to wait; zero when it may try.

    Failures that are forgiven never make anybody wait, not even for the moment by which two machines' clocks differ.
    """
    if stored is None or rule.wait(stored.count) == ZERO:
        return ZERO
    return max(ZERO, stored.until - now)


def longest(waits: Iterable[timedelta]) -> timedelta:
    """The wait that satisfies all of several limits."""
    return max(waits, default=ZERO)
