"""When a provider is left alone: the circuit breaker, and the pace a provider may be asked at.

Both are kept per process and in wall time. A provider that is down is asked by one message at a time after a
growing rest, so that an outage costs neither a time-out per message nor, when it ends, a stampede.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from services.notify.domain.delivery import Outcome

#: Failures in a row that open the breaker. One may be the message's own; two are the provider's.
THRESHOLD: Final = 2
REST: Final = timedelta(seconds=15)
LONGEST_REST: Final = timedelta(minutes=5)
#: How long the one message that tries a resting provider may take before another may try.
PROBE: Final = timedelta(seconds=30)

# Not ACCOUNT: it answers at once, and one template that it does not like after all must not hold up the others.
_TROUBLE: Final = frozenset({Outcome.THROTTLED, Outcome.UNREACHABLE, Outcome.UNKNOWN})


@dataclass(frozen=True)
class Breaker:
    """`failures` in a row, how often it `opened` without a success between, and `until` when it rests."""

    failures: int = 0
    opened: int = 0
    until: datetime | None = None

    def admit(self, at: datetime) -> "Breaker | None":
        """The breaker with one call let through, or None while the provider rests."""
        if self.until is None:
            return self
        if at < self.until:
            return None
        # Half open: this call alone finds out; the others wait for what it comes to.
        return replace(self, until=at + PROBE)

    def after(self, outcome: Outcome, at: datetime, wish: timedelta | None = None) -> "Breaker":
        """The breaker after a call; `wish` is how long the provider itself asked for."""
        if outcome not in _TROUBLE:
            return WELL
        failures = self.failures + 1
        if failures < THRESHOLD:
            return replace(self, failures=failures)
        rest = min(REST * 2 ** min(self.opened, 10), LONGEST_REST)
        return Breaker(failures, self.opened + 1, at + max(rest, wish or timedelta()))


#: Of a provider that does well.
WELL: Final = Breaker()


@dataclass(frozen=True)
class Pace:
    """At most so many calls a second: `free` is when the next may go."""

    free: datetime | None = None

    def reserve(self, at: datetime, per_second: int | None) -> "tuple[Pace, timedelta]":
        """The pace with one call reserved, and how long that call has to wait; no limit, no wait."""
        if per_second is None:
            return self, timedelta()
        start = max(self.free or at, at)
        return Pace(start + timedelta(seconds=1) / per_second), start - at
