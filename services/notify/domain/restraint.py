"""When a message may ring: opt-outs, quiet hours and the cap of a household, by class. Nothing is ever dropped.

What is held back goes later: at the end of the quiet hours, when the household's cap has room again, or as a
line of the evening's digest. What a person opted out of still stands in the inbox. Safety messages, clock
warnings and dunning steps know neither cap nor opt-out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from typing import Final

from services.notify.domain.catalogue import (
    BILLING,
    CAMPAIGN,
    DESK,
    DUNNING,
    NOTICE,
    SAFETY,
    SERVICE,
    SURVEY,
    WARNING,
)

NOW: Final = "now"
DIGEST: Final = "digest"
OFF: Final = "off"
MODES: Final = (NOW, DIGEST, OFF)


@dataclass(frozen=True)
class Hours:
    """Hours of a local day in which nothing rings, from `start` to `end`; usually over midnight."""

    start: time
    end: time

    def over(self, at: datetime, zone: tzinfo) -> datetime:
        """`at` itself where it is not in these hours, else their end; the first instant of `end` rings again."""
        local = at.astimezone(zone)
        clock = local.time()
        overnight = self.start > self.end
        inside = (clock >= self.start or clock < self.end) if overnight else self.start <= clock < self.end
        if not inside:
            return at
        day = local.date() + timedelta(days=1) if overnight and clock >= self.start else local.date()
        return datetime.combine(day, self.end, zone).astimezone(at.tzinfo)


@dataclass(frozen=True)
class Rule:
    """What holds for a class. `optional`: a person may opt out or have it in the digest; `capped`: it counts
    towards, and waits for, the household's cap; `quiet`: the hours in which it does not ring."""

    optional: bool
    capped: bool
    quiet: Hours | None


_NIGHT: Final = Hours(time(22), time(7))
# A reminder of a debt rings in daytime only: what would come in the evening is moved to the next morning.
_DEBT: Final = Hours(time(20), time(8))
_EVENING: Final = Hours(time(20), time(9))

RULES: Final[Mapping[str, Rule]] = {
    SAFETY: Rule(optional=False, capped=False, quiet=None),
    WARNING: Rule(optional=False, capped=False, quiet=None),
    DESK: Rule(optional=False, capped=False, quiet=_NIGHT),
    SERVICE: Rule(optional=False, capped=False, quiet=_NIGHT),
    DUNNING: Rule(optional=False, capped=False, quiet=_DEBT),
    BILLING: Rule(optional=True, capped=False, quiet=_EVENING),
    NOTICE: Rule(optional=True, capped=True, quiet=_EVENING),
    SURVEY: Rule(optional=True, capped=True, quiet=_EVENING),
    CAMPAIGN: Rule(optional=True, capped=True, quiet=_EVENING),
}

#: A household hears at most so many notices, surveys and campaigns within so long.
CAP: Final = 3
CAP_WITHIN: Final = timedelta(days=7)
#: When the digest of the day goes out, local time; within no class's quiet hours.
DIGEST_AT: Final = time(18)


@dataclass(frozen=True)
class Hold:
    """Held until an instant, and why: quiet, cap or digest."""

    until: datetime
    why: str


def may_opt_out(message_class: str) -> bool:
    """Whether a person may turn a class off or have it in the digest."""
    return RULES[message_class].optional


def goes_outside(message_class: str, mode: str) -> bool:
    """Whether a message of a class leaves the inbox at all, for a person with this preference."""
    return not (may_opt_out(message_class) and mode == OFF)


def hold(
    message_class: str,
    mode: str,
    *,
    rings: bool,
    now: datetime,
    zone: tzinfo,
    recent: Sequence[datetime] = (),
) -> Hold | None:
    """How long a message waits before it goes out, or None: at once.

    `rings`: its channel makes a telephone ring; e-mail lies and waits by itself. `recent`: when the household's
    last capped messages went or will go. Cap first, then digest, then quiet hours of the instant so found.
    """
    rule = RULES[message_class]
    at, why = now, ""
    if rule.capped and (room := has_room(recent, now)) > at:
        at, why = room, "cap"
    if rule.optional and mode == DIGEST:
        return Hold(_evening(at, zone), "digest")
    if rings and rule.quiet is not None and (later := rule.quiet.over(at, zone)) > at:
        at, why = later, why or "quiet"
    return Hold(at, why) if at > now else None


def has_room(recent: Sequence[datetime], now: datetime) -> datetime:
    """The first instant, from `now` on, at which one more capped message fits into the household's window.

    Those that are held count at the instant they will go.
    """
    last = sorted(recent)[-CAP:]
    return now if len(last) < CAP else max(now, last[0] + CAP_WITHIN)


def _evening(at: datetime, zone: tzinfo) -> datetime:
    local = at.astimezone(zone)
    day = local.date() if local.time() < DIGEST_AT else local.date() + timedelta(days=1)
    return datetime.combine(day, DIGEST_AT, zone).astimezone(at.tzinfo)
