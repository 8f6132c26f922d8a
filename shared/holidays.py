"""China's statutory holidays and make-up days, from the published notices; and the importer for the next one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from chinese_calendar.constants import holidays as _off
from chinese_calendar.constants import workdays as _worked

from shared.calendar import CalendarError, WorkingCalendar

FIRST_YEAR = min(d.year for d in _off)
LAST_YEAR = max(d.year for d in _off)


@dataclass(frozen=True)
class Notice:
    """One year's notice: days off that would be worked, and weekend days that are."""

    year: int
    holidays: frozenset[date]
    makeup: frozenset[date]


def published(year: int) -> Notice | None:
    """The notice of a year as the installed package knows it; None before it is published."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
    inside = [d for d in days if d.year == year]
    return Notice(
        year,
        frozenset(d for d in inside if d in _off),
        frozenset(d for d in inside if d in _worked and d.weekday() >= 5),
    )


def read_notice(document: Mapping[str, Any]) -> Notice:
    """A notice from ``{"year": 2027, "days": [{"name", "date", "isOffDay"}]}``.

    Raises CalendarError that names the day, when one is missing its parts, stands twice or is outside the year.
    """
    try:
        year = int(document["year"])
        rows = [(date.fromisoformat(d["date"]), bool(d["isOffDay"])) for d in document["days"]]
    except (KeyError, TypeError, ValueError) as error:
        raise CalendarError(f"a notice has a year and days with date and isOffDay: {error}") from error
    seen: set[date] = set()
    for day, _ in rows:
        if day in seen:
            raise CalendarError(f"{day} stands twice in the notice of {year}")
        if abs(day.year - year) > 1:
            raise CalendarError(f"{day} is not of the year {year}")
        seen.add(day)
    return Notice(
        year,
        frozenset(d for d, off in rows if off),
        frozenset(d for d, off in rows if not off),
    )


def with_notices(calendar: WorkingCalendar, *notices: Notice) -> WorkingCalendar:
    """The calendar with these years' notices in; a later notice of a year replaces an earlier one."""
    holidays, makeup, known = set(calendar.holidays), set(calendar.makeup), set(calendar.known)
    for notice in notices:
        holidays = {d for d in holidays if d.year != notice.year} | notice.holidays
        makeup = {d for d in makeup if d.year != notice.year} | notice.makeup
        known.add(notice.year)
    return replace(calendar, holidays=frozenset(holidays), makeup=frozenset(makeup), known=frozenset(known))


def statutory(calendar: WorkingCalendar, first: int, last: int) -> WorkingCalendar:
    """The calendar with every published notice from ``first`` to ``last``; unpublished years stay provisional."""
    notices = [n for n in map(published, range(first, last + 1)) if n is not None]
    return with_notices(calendar, *notices)


__all__ = ["Notice", "published", "read_notice", "statutory", "with_notices"]
