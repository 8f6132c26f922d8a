"""Limits over nights, weekends, holidays and make-up days, and what holds of them whatever the times."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ticketing.domain.limits import (
    Limit,
    Pause,
    history,
    merged,
    moment,
    reckon,
    wall,
    working_days,
    working_hours,
)
from services.ticketing.domain.pauses import Mark, paused
from shared.calendar import WorkingCalendar, hours
from shared.holidays import china

SHANGHAI = ZoneInfo("Asia/Shanghai")
CHINA = china()
S, M, H, D = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


@pytest.mark.parametrize(
    ("limit", "start", "due"),
    [
        (wall(minutes=10), "2024-12-31 23:55:00", "2025-01-01 00:05:00"),  # over the end of a year
        # AMB-054: from the next working day, to 24:00 of the third
        (working_days(3), "2025-03-03 09:00:00", "2025-03-06 23:59:59"),  # Monday: Tuesday, Wednesday, Thursday
        (working_days(3), "2025-03-07 23:59:59", "2025-03-12 23:59:59"),  # Friday: Monday to Wednesday
        (working_days(1), "2025-01-24 10:00:00", "2025-01-26 23:59:59"),  # a Sunday worked in exchange
        (working_days(3), "2025-01-27 10:00:00", "2025-02-07 23:59:59"),  # over Spring Festival: 5, 6, 7 February
        (working_days(2), "2025-09-28 10:00:00", "2025-09-30 23:59:59"),  # 28 is a make-up Sunday; before the week off
        (working_hours(hours=4), "2025-03-07 16:00:00", "2025-03-10 11:00:00"),  # two hours Friday, two Monday
        (working_hours(hours=3), "2025-03-07 09:00:00", "2025-03-07 12:00:00"),  # to the last second of a morning
        (working_hours(hours=3, seconds=1), "2025-03-07 09:00:00", "2025-03-07 13:30:01"),
        (working_hours(hours=1), "2025-03-08 12:00:00", "2025-03-10 10:00:00"),  # begun on a Saturday
        (working_hours(hours=8), "2025-01-26 13:30:00", "2025-01-27 14:00:00"),  # 4 h 30 of them on a make-up Sunday
    ],
)
def test_amb054_a_limit_ends_where_its_calendar_says(limit: Limit, start: str, due: str) -> None:
    found = reckon(at(start), limit, CHINA)
    assert found.due_at == at(due)


def test_a_year_without_its_notice_counts_weekends_only_and_says_so() -> None:
    bare = WorkingCalendar(zone=SHANGHAI, notices=())
    found = reckon(at("2031-01-01 10:00:00"), working_days(1), bare)
    assert found.due_at == at("2031-01-02 23:59:59")
    assert found.counted[0].day is not None and found.counted[0].day.provisional


def test_half_a_paused_working_day_is_no_working_day() -> None:
    start = at("2025-03-03 09:00:00")
    half = Pause(at("2025-03-04 09:00:00"), at("2025-03-04 14:15:00"))  # 3 h and 45 min of 7 h 30
    assert reckon(start, working_days(1), CHINA, (half,)).due_at == at("2025-03-05 23:59:59")
    less = Pause(half.start, half.end - S)
    assert reckon(start, working_days(1), CHINA, (less,)).due_at == at("2025-03-04 23:59:59")


def test_shares_of_a_budget_move_with_a_pause() -> None:
    start = at("2025-03-03 09:00:00")
    assert moment(start, wall(minutes=10), CHINA, share=Fraction(1, 2)) == start + 5 * M
    assert moment(start, wall(minutes=10), CHINA, share=Fraction(3, 2)) == start + 15 * M
    pause = Pause(start + 2 * M, start + 12 * M)
    assert moment(start, wall(minutes=10), CHINA, (pause,), share=Fraction(1, 2)) == start + 15 * M
    # of three working days half is over at noon of the second
    assert moment(start, working_days(3), CHINA, share=Fraction(1, 2)) == at("2025-03-05 12:00:00")


moments = st.integers(0, 400 * 86_400).map(lambda s: at("2024-12-01 00:00:00") + timedelta(seconds=s))
limits = st.one_of(
    st.integers(1, 200_000).map(lambda s: Limit("wall", s)),
    st.integers(1, 200_000).map(lambda s: Limit("working_hours", s)),
    st.integers(1, 12).map(working_days),
)
spans = st.lists(st.tuples(st.integers(0, 900_000), st.integers(0, 400_000)), max_size=5)
weeks = st.sampled_from(
    [
        CHINA,
        WorkingCalendar(zone=SHANGHAI, week=[hours("00:00-24:00")] * 7),
        WorkingCalendar(zone=SHANGHAI, week=[hours("08:00-11:30", "22:00-24:00")] * 6 + [()], notices=CHINA.notices),
        CHINA.with_overrides({date(2025, 1, 2): (), date(2025, 1, 4): hours("10:00-11:00")}),
        WorkingCalendar(zone=ZoneInfo("America/New_York"), notices=()),  # clocks are moved twice a year
    ]
)


def made(start: datetime, told: list[tuple[int, int]]) -> tuple[Pause, ...]:
    return tuple(Pause(start + timedelta(seconds=a), start + timedelta(seconds=a + n)) for a, n in told)


@settings(max_examples=150, deadline=None)
@given(start=moments, limit=limits, told=spans, calendar=weeks)
def test_deadline_and_explanation_always_agree(start, limit, told, calendar) -> None:
    pauses = made(start, told)
    found = reckon(start, limit, calendar, pauses)
    end = found.due_at + (S if limit.unit == "working_days" else timedelta())
    parts = list(history(start, end, limit, calendar, pauses))
    assert sum((p.length for p in parts if p.how == "counted"), timedelta()) == found.budget
    assert parts[0].start == start and parts[-1].end == end
    assert all(a.end == b.start for a, b in zip(parts, parts[1:], strict=False))
    assert all(p.length > timedelta() for p in parts)


@settings(max_examples=150, deadline=None)
@given(start=moments, later=st.integers(0, 300_000), limit=limits, told=spans, calendar=weeks)
def test_a_clock_never_runs_backwards(start, later, limit, told, calendar) -> None:
    pauses = made(start, told)
    first = reckon(start, limit, calendar, pauses).due_at
    assert first >= start
    assert reckon(start + timedelta(seconds=later), limit, calendar, pauses).due_at >= first
    shares = [moment(start, limit, calendar, pauses, share=Fraction(n, 100)) for n in (10, 50, 80, 100, 150)]
    assert shares == sorted(shares)


@settings(max_examples=150, deadline=None)
@given(start=moments, limit=limits, told=spans, more=spans, calendar=weeks)
def test_a_further_pause_never_makes_a_clock_due_earlier(start, limit, told, more, calendar) -> None:
    before = reckon(start, limit, calendar, made(start, told)).due_at
    assert reckon(start, limit, calendar, made(start, told + more)).due_at >= before


@settings(max_examples=150, deadline=None)
@given(start=moments, limit=limits, told=spans, order=st.randoms(), calendar=weeks)
def test_the_order_of_pauses_changes_nothing(start, limit, told, order, calendar) -> None:
    shuffled = list(told)
    order.shuffle(shuffled)
    pauses = made(start, told)
    assert merged(pauses) == merged(made(start, shuffled))
    assert reckon(start, limit, calendar, pauses) == reckon(start, limit, calendar, made(start, shuffled))


@given(
    told=st.lists(st.tuples(st.integers(0, 2000), st.none() | st.integers(1, 900)), max_size=8), order=st.randoms()
)
def test_pauses_and_going_on_commute_in_whatever_order_they_are_told(told, order) -> None:
    zero = at("2025-03-03 09:00:00")
    marks = [Mark(zero + a * S, None if n is None else zero + (a + n) * S) for a, n in told]
    shuffled = list(marks)
    order.shuffle(shuffled)
    assert paused(marks) == paused(shuffled)


@settings(max_examples=150, deadline=None)
@given(
    start=moments,
    unit=st.sampled_from(["wall", "working_hours"]),
    first=st.integers(1, 90_000),
    then=st.integers(1, 90_000),
    told=spans,
    calendar=weeks,
)
def test_one_limit_in_two_steps_is_the_same_limit_at_once(start, unit, first, then, told, calendar) -> None:
    pauses = made(start, told)
    half_way = reckon(start, Limit(unit, first), calendar, pauses).due_at
    assert reckon(half_way, Limit(unit, then), calendar, pauses).due_at == (
        reckon(start, Limit(unit, first + then), calendar, pauses).due_at
    )


def test_a_limit_is_written_and_read() -> None:
    for limit in (wall(minutes=10), working_days(3), working_hours(hours=2), Limit("agreed", 5)):
        assert Limit.parse(str(limit)) == limit
    with pytest.raises(ValueError, match="no such unit"):
        Limit.parse("lunar:1")
