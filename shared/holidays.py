"""Statutory holidays and make-up days (调休) of mainland China, as notices a working calendar can take.

Two sources: the `chinesecalendar` package, which knows the years the State Council has announced at its release, and
a notice in the JSON shape of holiday-cn, imported when a year is announced later. A year neither knows is left out:
the calendar then counts weekends only and says so (provisional); it is never an error.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import chinese_calendar

from shared.calendar import OFFICE_WEEK, Hours, Notice, SpecialDay, WorkingCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")

# The names of a notice, longest first where one is part of another.
_ENGLISH: Mapping[str, str] = {
    "元旦": "New Year's Day",
    "春节": "Spring Festival",
    "清明": "Tomb-sweeping Day",
    "劳动": "Labour Day",
    "端午": "Dragon Boat Festival",
    "中秋": "Mid-Autumn Festival",
    "国庆": "National Day",
    "抗日": "Anti-Fascist 70th Day",
    "反法西斯": "Anti-Fascist 70th Day",
}


def _english(zh: str) -> str:
    names = [en for part, en in _ENGLISH.items() if part in zh]
    return " and ".join(dict.fromkeys(names)) or zh


@lru_cache(maxsize=1)
def _package() -> Mapping[int, Notice]:
    """All years the package knows, by year; read once."""
    years: dict[int, dict[date, SpecialDay]] = {}
    tables = ((chinese_calendar.constants.holidays, True), (chinese_calendar.constants.workdays, False))
    for table, off in tables:
        for day, name in table.items():
            zh = chinese_calendar.Holiday(name).chinese
            years.setdefault(day.year, {})[day] = SpecialDay(off, zh, _english(zh))
    return {year: Notice(year, days) for year, days in years.items()}


def published() -> frozenset[int]:
    """The years the package knows the notice of."""
    return frozenset(_package())


def statutory(years: Iterable[int] | None = None) -> list[Notice]:
    """The notices of these years (default: all) that are known; a year not announced yet is left out."""
    known = _package()
    return [known[year] for year in sorted(known if years is None else set(years)) if year in known]


def parse_notice(text: str | bytes | Mapping[str, Any]) -> Notice:
    """A year's notice in the shape of holiday-cn: ``{"year", "days": [{"name", "date", "isOffDay"}]}``.

    Days may lie up to a month outside the year (a New Year's holiday begins in December). Raises ValueError naming
    the entry that is wrong; a day that stands twice with different meanings is one.
    """
    try:
        source = text if isinstance(text, Mapping) else json.loads(text)
    except ValueError as broken:
        raise ValueError(f"the notice is not JSON: {broken}") from None
    if not isinstance(source, Mapping) or not isinstance(source.get("days"), Sequence):
        raise ValueError("a notice is an object with year and days")
    year = source.get("year")
    if type(year) is not int or not 1949 <= year <= 9998:
        raise ValueError(f"year: {year!r} is no year")
    days: dict[date, SpecialDay] = {}
    for index, entry in enumerate(source["days"]):
        day, special = _entry(f"days.{index}", entry)
        if not date(year, 1, 1) - timedelta(days=31) <= day <= date(year, 12, 31) + timedelta(days=31):
            raise ValueError(f"days.{index}.date: {day} does not belong to the notice of {year}")
        if days.setdefault(day, special).off != special.off:
            raise ValueError(f"days.{index}: {day} stands twice, off and worked")
    return Notice(year, days)


def _entry(path: str, entry: Any) -> tuple[date, SpecialDay]:
    if not isinstance(entry, Mapping):
        raise ValueError(f"{path}: an object with name, date and isOffDay")
    name, day, off = entry.get("name"), entry.get("date"), entry.get("isOffDay")
    if not isinstance(name, str) or not name.strip():
        raise ValueError(f"{path}.name: the holiday's name is missing")
    if not isinstance(off, bool):
        raise ValueError(f"{path}.isOffDay: true or false, not {off!r}")
    try:
        return date.fromisoformat(day if isinstance(day, str) else ""), SpecialDay(off, name, _english(name))
    except ValueError:
        raise ValueError(f"{path}.date: a date looks like 2025-01-28, not {day!r}") from None


def china(
    *,
    zone: tzinfo = SHANGHAI,
    week: Sequence[Sequence[Hours]] = OFFICE_WEEK,
    overrides: Mapping[date, Sequence[Hours]] | None = None,
    make_up: Sequence[Hours] | None = None,
    notices: Iterable[Notice] = (),
) -> WorkingCalendar:
    """The working calendar of mainland China: all notices known, then ``notices`` imported since, then own overrides.

    An imported notice replaces the package's year, so that a correction by the authorities wins.
    """
    every = {**_package(), **{notice.year: notice for notice in notices}}
    known = list(every.values())
    return WorkingCalendar(zone=zone, week=week, notices=known, overrides=overrides or {}, make_up=make_up)


@lru_cache(maxsize=1)
def standard() -> WorkingCalendar:
    """:func:`china` as it comes: office hours in Shanghai's zone. Built once; the fingerprint alone takes a while."""
    return china()
