"""A call that nobody answered is a promise to call back, within staffed hours and soon (C-036, C-046)."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from typing import Final

from shared.calendar import WorkingCalendar, hours

#: Parameter: how soon, in staffed time.
RETURN_WITHIN: Final = timedelta(minutes=15)
#: 003.62「(8:00-20:00)无空岗」: every day, holidays too.
STAFFED: Final = hours("08:00-20:00")
#: Parameter: a record told later than this makes no promise any more; nobody waits for that call.
STILL_WORTH: Final = timedelta(hours=24)


def due_at(missed_at: datetime, zone: tzinfo) -> datetime:
    """The last second by which a call missed at this instant is returned; at night it counts from the opening."""
    # row: C-046 staffed from 08:00 to 20:00 without a gap
    staffed = WorkingCalendar(zone, week=[STAFFED] * 7)
    return staffed.add_working_time(missed_at.replace(microsecond=0), RETURN_WITHIN)


def is_wanted(missed_at: datetime, now: datetime) -> bool:
    """Whether a missed call still makes a promise when it is told."""
    return now - missed_at <= STILL_WORTH


def on_time(returned_at: datetime, due: datetime) -> bool:
    """Whether a call back kept the promise; the last second counts."""
    return returned_at.replace(microsecond=0) <= due
