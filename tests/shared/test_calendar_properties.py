"""What holds for every calendar and every instant: steps add up, order is kept, the explanation is the sum."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from shared.calendar import OFFICE_WEEK, ROUND_THE_CLOCK, Hours, WorkingCalendar
from shared.holidays import SHANGHAI, standard

START = datetime(2024, 1, 1, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")

INSTANTS = st.timedeltas(timedelta(0), timedelta(days=1500)).map(lambda since: START + since)
AMOUNTS = st.timedeltas(timedelta(0), timedelta(days=20))


@st.composite
def day_hours(draw: st.DrawFn) -> tuple[Hours, ...]:
    """Up to three intervals that do not overlap."""
    marks = sorted(draw(st.sets(st.integers(0, 1440), max_size=6)))
    return tuple(Hours(a, b) for a, b in zip(marks[::2], marks[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    """Any week with at least one working interval, with overrides, in zones with and without moved clocks."""
    known = st.sampled_from([standard(), WorkingCalendar(SHANGHAI, ROUND_THE_CLOCK), WorkingCalendar(NEW_YORK)])
    if draw(st.booleans()):
        return draw(known)
    week = draw(st.lists(day_hours(), min_size=7, max_size=7).filter(any))
    dates = st.dates(date(2024, 1, 1), date(2028, 1, 1))
    return WorkingCalendar(
        zone=draw(st.sampled_from([SHANGHAI, NEW_YORK, ZoneInfo("Asia/Kathmandu")])),
        week=week,
        notices=draw(st.sampled_from([None, standard().notices])),
        overrides=draw(st.dictionaries(dates, day_hours(), max_size=5)),
    )


@given(calendars(), INSTANTS, AMOUNTS, AMOUNTS)
def test_adding_in_two_steps_is_adding_at_once(c: WorkingCalendar, a: datetime, x: timedelta, y: timedelta) -> None:
    assert c.add_working_time(a, x + y) == c.add_working_time(c.add_working_time(a, x), y)


@given(calendars(), INSTANTS, INSTANTS, AMOUNTS)
def test_who_starts_later_is_not_due_earlier(c: WorkingCalendar, a: datetime, b: datetime, x: timedelta) -> None:
    a, b = sorted((a, b))
    assert c.add_working_time(a, x) <= c.add_working_time(b, x)
    assert a <= c.add_working_time(a, x)


@given(calendars(), INSTANTS, AMOUNTS)
def test_what_was_added_is_what_lies_between(c: WorkingCalendar, a: datetime, x: timedelta) -> None:
    assert c.working_time_between(a, c.add_working_time(a, x)) == x


@given(calendars(), st.tuples(INSTANTS, INSTANTS, INSTANTS))
def test_time_between_adds_up_in_any_order(c: WorkingCalendar, at: tuple[datetime, datetime, datetime]) -> None:
    one, two, three = at
    between = c.working_time_between
    assert between(one, three) == between(one, two) + between(two, three)
    assert between(one, two) == -between(two, one)


@given(calendars(), INSTANTS, INSTANTS)
def test_the_explanation_is_ordered_inside_the_span_and_sums_up(c: WorkingCalendar, a: datetime, b: datetime) -> None:
    a, b = sorted((a, b))
    counted = c.explain(a, b)
    assert sum((s.length for s in counted), timedelta(0)) == c.working_time_between(a, b) <= b - a
    assert all(a <= s.start < s.end <= b for s in counted)
    assert all(one.end <= two.start for one, two in itertools.pairwise(counted))
    assert all(c.is_working_day(s.day.date) for s in counted)


@given(calendars(), st.dates(date(2024, 1, 1), date(2028, 1, 1)), st.integers(0, 40), st.integers(1, 40))
def test_working_days_add_up_and_land_on_working_days(c: WorkingCalendar, day: date, x: int, y: int) -> None:
    assert c.working_day(day, x + y) == c.working_day(c.working_day(day, x) if x else day, y)
    assert c.is_working_day(c.working_day(day, x)) and c.working_day(day, y) > day
    end = c.add_working_days(day, y).astimezone(c.zone)
    assert end.date() == c.working_day(day, y) + timedelta(days=1) and end.hour == end.minute == 0


@given(st.dates(date(2004, 1, 1), date(2040, 1, 1)))
def test_the_standard_calendar_never_fails_and_a_year_holds_some_250_working_days(day: date) -> None:
    days = sum(standard().is_working_day(day + timedelta(days=n)) for n in range(365))
    assert 240 <= days <= 262


def test_the_standard_week_is_the_office_week() -> None:
    assert tuple(standard().week) == OFFICE_WEEK
