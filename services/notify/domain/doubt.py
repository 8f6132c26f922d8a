"""When those who run the installation are told of messages that nobody knows the end of, and of parked ones: once a
day, in the morning, when a provider's support can be asked."""

from datetime import datetime, time, timedelta, tzinfo
from typing import Final

from services.notify.domain.delivery import State

#: What ends only by a provider's receipt or by a person.
IN_DOUBT: Final = frozenset({State.UNKNOWN, State.PARKED})
#: The local time of the daily word.
AT: Final = time(8, 30)
#: What was added since the word of the day before is new.
EVERY: Final = timedelta(days=1)


def next_word(now: datetime, zone: tzinfo) -> datetime:
    """The first instant after `now` at which what is in doubt is told."""
    local = now.astimezone(zone)
    day = local.date() if local.time() < AT else local.date() + timedelta(days=1)
    return datetime.combine(day, AT, zone).astimezone(now.tzinfo)
