"""Periods of local dates: their bounds, their neighbours, and that they tile the year."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.periods import Period, month_of, quarter_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
YEARS = st.integers(2, 9998)
TEXTS = st.one_of(
    YEARS.map("{:04d}".format),
    st.tuples(YEARS, st.sampled_from(["H1", "H2", "Q1", "Q2", "Q3", "Q4"])).map(lambda t: f"{t[0]:04d}-{t[1]}"),
    st.tuples(YEARS, st.integers(1, 12)).map(lambda t: f"{t[0]:04d}-{t[1]:02d}"),
)


@pytest.mark.parametrize(("text", "start", "end", "previous"), [
    ("2025", date(2025, 1, 1), date(2026, 1, 1), "2024"),
    ("2025-H1", date(2025, 1, 1), date(2025, 7, 1), "2024-H2"),
    ("2025-H2", date(2025, 7, 1), date(2026, 1, 1), "2025-H1"),
    ("2025-Q1", date(2025, 1, 1), date(2025, 4, 1), "2024-Q4"),
    ("2025-Q4", date(2025, 10, 1), date(2026, 1, 1), "2025-Q3"),
    ("2024-02", date(2024, 2, 1), date(2024, 3, 1), "2024-01"),
    ("2025-02", date(2025, 2, 1), date(2025, 3, 1), "2025-01"),
    ("2025-12", date(2025, 12, 1), date(2026, 1, 1), "2025-11"),
    ("2025-01", date(2025, 1, 1), date(2025, 2, 1), "2024-12"),
])
def test_a_period_has_a_first_day_an_end_outside_it_and_one_before_it(
    text: str, start: date, end: date, previous: str
) -> None:
    period = Period.parse(text)
    assert (period.start, period.end, str(period.previous())) == (start, end, previous)
    assert period.contains(start) and period.contains(end - timedelta(days=1))
    assert not period.contains(end) and not period.contains(start - timedelta(days=1))


@pytest.mark.parametrize("text", [
    "", "25", "2025-", "2025-Q5", "2025-Q0", "2025-H3", "2025-13", "2025-00", "2025-1", "2025-q1", "2025-03-01", "0000",
    "0001", "9999", " 2025", "2025\n", "２０２５x",
])
def test_anything_else_is_refused_with_the_accepted_shapes(text: str) -> None:
    with pytest.raises(ValueError, match="2025-H1, 2025-Q1 or 2025-03"):
        Period.parse(text)


def test_the_bounds_of_a_quarter_are_the_zones_midnights() -> None:
    start, end = Period.parse("2025-Q1").bounds(SHANGHAI)
    assert start == datetime(2024, 12, 31, 16, tzinfo=UTC) and end == datetime(2025, 3, 31, 16, tzinfo=UTC)
    assert start.tzinfo is UTC


def test_the_bounds_follow_a_zone_that_moves_its_clocks() -> None:
    start, end = Period.parse("2025-03").bounds(ZoneInfo("America/New_York"))
    assert end - start == timedelta(days=31) - timedelta(hours=1)


@given(TEXTS)
def test_what_is_written_is_what_was_read(text: str) -> None:
    assert str(Period.parse(text)) == text


@given(TEXTS.map(Period.parse))
def test_neighbours_meet_without_a_gap(period: Period) -> None:
    assert period.next().start == period.end and period.next().previous() == period
    assert period.months == period.next().months


@given(YEARS, st.sampled_from([1, 3, 6, 12]))
def test_parts_tile_the_year(year: int, months: int) -> None:
    whole = Period.parse(f"{year:04d}")
    parts = list(whole.split(months))
    assert parts[0].start == whole.start and parts[-1].end == whole.end and len(parts) == 12 // months
    assert all(a.end == b.start for a, b in itertools.pairwise(parts))
    assert sum((p.end - p.start).days for p in parts) == (whole.end - whole.start).days
    spans = [p.bounds(SHANGHAI) for p in parts]
    assert all(a[1] == b[0] for a, b in itertools.pairwise(spans))


@given(st.dates(date(2, 1, 1), date(9998, 12, 31)))
def test_every_day_lies_in_exactly_one_month_and_quarter_of_its_year(day: date) -> None:
    year = Period.parse(f"{day.year:04d}")
    assert [p for p in year.split(1) if p.contains(day)] == [month_of(day)]
    assert [p for p in year.split(3) if p.contains(day)] == [quarter_of(day)]
