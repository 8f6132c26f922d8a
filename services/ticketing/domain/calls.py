"""A call as its exchange tells it, in any order and more than once, and whether it was answered as promised (B-001).

Every fact is merged into what is known: the earliest offer and answer, the latest end, the most rings. So the same
events lead to the same call, whichever came first, and a record imported afterwards changes nothing that was told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal, TypeVar

from services.ticketing.domain.inbound_errors import CallTimesCross
from shared.errors import FieldError

T = TypeVar("T", datetime, int)
Outcome = Literal["ringing", "answered", "missed", "abandoned", "failed"]

#: 004.29「响铃三声内接听」
MOST_RINGS: Final = 3
#: Parameter, for exchanges that know only seconds: three periods of 5 s (AMB-057).
RING_TIME: Final = timedelta(seconds=15)
#: The clock of an exchange may run ahead of ours by this much.
SKEW: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Call:
    """What is known of a call. Times are UTC; ``rings`` is None where the exchange cannot count them, ``direction``
    as long as nothing was said of it, which means incoming."""

    direction: str | None = None
    offered_at: datetime | None = None
    rings: int | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None


def merged(known: Call, told: Call) -> Call:
    """What is known after one more thing was told.

    Raises:
        CallTimesCross: answered before it was offered, or ended before that.
    """
    call = Call(
        direction=told.direction or known.direction,
        offered_at=_either(min, known.offered_at, told.offered_at),
        rings=_either(max, known.rings, told.rings),
        answered_at=_either(min, known.answered_at, told.answered_at),
        ended_at=_either(max, known.ended_at, told.ended_at),
    )
    times = [at for at in (call.offered_at, call.answered_at, call.ended_at) if at is not None]
    if times != sorted(times):
        raise CallTimesCross()
    return call


def _either(choose: Callable[[T, T], T], one: T | None, other: T | None) -> T | None:
    return other if one is None else one if other is None else choose(one, other)


def clipped(call: Call, now: datetime) -> Call:
    """The same call with times that a fast clock put ahead of ours set to now.

    Raises:
        CallTimesCross: further ahead than clocks differ.
    """
    ahead = {
        name: now
        for name in ("offered_at", "answered_at", "ended_at")
        if (at := getattr(call, name)) is not None and at > now
    }
    if any(getattr(call, name) - now > SKEW for name in ahead):
        zh, en = "时间晚于现在，请校准话机系统时钟", "This lies in the future; set the exchange's clock"
        raise CallTimesCross(fields=[FieldError("at", zh, en)])
    return replace(call, **ahead)  # type: ignore[arg-type]  # names of times, all


def outcome(call: Call) -> Outcome:
    """How a call stands. Whoever hung up while the promise could still be kept abandoned it; nobody missed it."""
    # row: C-036 a call is answered, or it is not
    if call.answered_at is not None:
        return "answered"
    if call.ended_at is None:
        return "ringing"
    if call.direction == "outgoing":
        return "failed"
    return "abandoned" if _could_wait(call, call.ended_at) else "missed"


def in_time(call: Call) -> bool | None:
    """Whether it was answered as promised; None while that is open, and of calls that we made ourselves."""
    if call.direction == "outgoing" or call.answered_at is None:
        return None
    if call.rings is None and call.offered_at is None:
        return None
    return _could_wait(call, call.answered_at)


def _could_wait(call: Call, at: datetime) -> bool:
    if call.rings is not None:
        # row: B-001, C-036 within three rings
        return call.rings <= MOST_RINGS
    # row: AMB-057 exchanges that know only seconds
    return call.offered_at is not None and at - call.offered_at <= RING_TIME
