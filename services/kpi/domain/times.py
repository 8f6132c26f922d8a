"""Instants and local dates out of JSON, and the limits of the letters in whole seconds (AMB-106)."""

from __future__ import annotations

import json
import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
_DATES = re.compile(r"(?<![0-9])[1-9][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])(?![0-9])")


def instant(value: object, zone: tzinfo = SHANGHAI) -> datetime:
    """An aware instant from RFC 3339 text; text without an offset is local time of `zone`. Raises ValueError."""
    if isinstance(value, datetime):
        parsed = value
    elif isinstance(value, str):
        parsed = datetime.fromisoformat(value)
    else:
        raise ValueError(f"not a time: {value!r}")
    return parsed if parsed.tzinfo is not None else parsed.replace(tzinfo=zone)


def maybe_instant(value: object, zone: tzinfo = SHANGHAI) -> datetime | None:
    """Like `instant`, and None stays None (a thing that has not happened yet)."""
    return None if value is None else instant(value, zone)


def local_date(value: object, zone: tzinfo = SHANGHAI) -> date:
    """The local date of an instant, or the date that the text itself is. Raises ValueError."""
    if isinstance(value, str) and len(value) == 10:
        return date.fromisoformat(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    return instant(value, zone).astimezone(zone).date()


def whole(at: datetime) -> datetime:
    """The instant without its fraction of a second: limits are compared in whole seconds (AMB-106)."""
    return at.replace(microsecond=0)


def in_time(done: datetime, due: datetime) -> bool:
    """Whether something was done by its limit, the last second included: 09:10:00 is met, 09:10:01 is late (RR9,
    F-055)."""
    # row: F-055, AMB-106 the last second is in time
    return whole(done) <= whole(due)


def quarter_end(day: date) -> date:
    """The last day of the natural quarter a date lies in."""
    month = (day.month - 1) // 3 * 3 + 3
    return date(day.year, month, 31 if month in (3, 12) else 30)


def year_end(day: date) -> date:
    """The last day of the year a date lies in."""
    return date(day.year, 12, 31)


def month_end(day: date) -> date:
    """The last day of the month a date lies in."""
    return date(day.year, day.month, monthrange(day.year, day.month)[1])


def add_months(day: date, months: int) -> date:
    """The same day so many months later; a day that does not exist there is the month's last (RR9)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def midnight_after(day: date, zone: tzinfo = SHANGHAI) -> datetime:
    """00:00 local of the following day: a date is met strictly before it (RR9)."""
    following = day + timedelta(days=1)
    return datetime(following.year, following.month, following.day, tzinfo=zone)


def last_on(doc: Mapping[str, Any]) -> date:
    """A day after which no fact of a case lies: a year after the last date that its document names, for what is told
    of a day may count at the end of its month, its quarter or its year."""
    last = max(_DATES.findall(json.dumps(doc, default=str)), default=None)
    year = 9999 if last is None else int(last[:4])
    return date.max if last is None or year > 9997 else date(year + 1, int(last[5:7]), 1) + timedelta(days=31)
