"""Spans, coverage and attendance, to the minute and the second (B-030, AMB-028, C-144, C-146, C-147)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ticketing.domain.rosters import (
    FRONT_DESK_HOURS,
    Cover,
    Punches,
    Span,
    common,
    conflicts,
    gaps,
    judge,
    merged,
    minutes,
    stay,
    window,
    without,
)

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2025, 3, 7)


def at(hour: float, second: int = 0, day: date = DAY) -> datetime:
    return datetime.combine(day, time(), ZONE) + timedelta(hours=hour, seconds=second)


def span(start: float, end: float) -> Span:
    return Span(at(start), at(end))


DESK = window(DAY, *FRONT_DESK_HOURS, ZONE)


def test_b030_the_front_desk_is_open_from_eight_to_eight() -> None:
    """B-030, C-147."""
    assert Span(at(8), at(20)) == DESK
    assert Span(datetime(2025, 3, 7, 0, tzinfo=UTC), datetime(2025, 3, 7, 12, tzinfo=UTC)) == DESK


@pytest.mark.parametrize(
    ("rostered", "uncovered"),
    [
        ([span(8, 14), span(14, 20)], 0),  # one begins where the other ends
        ([span(7, 21)], 0),
        ([Span(at(8), at(14)), Span(at(14, 1), at(20))], 1),  # one second is a begun minute
        ([Span(at(8, 1), at(20))], 1),
        ([Span(at(8), at(20, -1))], 1),
        ([span(8, 12), span(13, 20)], 60),
        ([], 720),
    ],
)
def test_amb028_any_uncovered_minute_counts(rostered: list[Span], uncovered: int) -> None:
    """AMB-028, B-030: no tolerance, no breaks."""
    found = gaps(DESK, [Cover((one,), (), None) for one in rostered])
    assert minutes(found) == uncovered


def test_b030_leave_and_absence_uncover_what_was_rostered() -> None:
    """B-030: rostered is not enough where presence is kept, and one person's leave is not another's."""
    both = (span(8, 20),)
    assert gaps(DESK, [Cover(both, (span(10, 11),), None)]) == [span(10, 11)]
    assert gaps(DESK, [Cover(both, (span(10, 11),), None), Cover(both, (), None)]) == []
    assert gaps(DESK, [Cover(both, (), (span(9, 20),))]) == [span(8, 9)]
    assert minutes(gaps(DESK, [Cover(both, (), ())])) == 720


def test_a_window_over_midnight_and_over_the_end_of_a_month_is_one() -> None:
    night = window(date(2025, 1, 31), time(22), time(6), ZONE)
    assert (night.start, night.end) == (at(22, day=date(2025, 1, 31)), at(6, day=date(2025, 2, 1)))
    whole = window(DAY, time(0), time(0), ZONE)
    assert whole.end - whole.start == timedelta(days=1)


def test_c147_nobody_is_in_two_shifts_at_once() -> None:
    """C-147: a shift over midnight meets the next morning's."""
    night = Span(at(22), at(30))
    assert conflicts({"night": night}, {"morning": span(29, 34)}) == {"morning"}
    assert conflicts({"night": night}, {"morning": span(30, 34)}) == set()
    # Two that change places do not meet what they leave.
    assert conflicts({"a": span(8, 12), "b": span(12, 16)}, {"a": span(12, 16), "b": span(8, 12)}) == set()
    # One that is refused stays where it was, and stands in the way there.
    assert conflicts({"a": span(8, 12), "x": span(12, 16)}, {"a": span(13, 15), "b": span(9, 10)}) == {"a", "b"}
    assert conflicts({}, {"a": span(8, 12), "b": span(11, 13)}) == {"b"}


@pytest.mark.parametrize(
    ("row", "stays", "leave", "outcomes", "late", "early"),
    [
        ("C-144", [(at(8), at(16))], [], ("present",), 0, 0),
        ("C-144", [(at(8, 1), at(16))], [], ("late",), 1, 0),
        ("C-144", [(at(8, 60), at(16))], [], ("late",), 1, 0),
        ("C-144", [(at(8, 61), at(16, -1))], [], ("late", "early"), 2, 1),
        ("C-144", [], [], ("absent",), 0, 0),
        ("C-144", [(at(17), at(18))], [], ("absent",), 0, 0),
        ("C-146", [(at(8), None)], [], ("punch_anomaly",), 0, 0),
        ("C-146", [(None, at(16))], [], ("punch_anomaly",), 0, 0),
        ("C-146", [], [span(0, 24)], ("leave",), 0, 0),
        ("C-144", [(at(12), at(16))], [span(8, 12)], ("leave", "present"), 0, 0),
        ("C-144", [(at(12, 1), at(16))], [span(8, 12)], ("leave", "late"), 1, 0),
        ("C-144", [], [span(8, 12)], ("leave", "absent"), 0, 0),
    ],
)
def test_each_shift_has_its_outcome(
    row: str,
    stays: list[tuple[datetime | None, datetime | None]],
    leave: list[Span],
    outcomes: tuple[str, ...],
    late: int,
    early: int,
) -> None:
    """C-144 late, early, absent and leave; C-146 the punch anomaly."""
    found = judge(span(8, 16), [Punches(*one) for one in stays], leave)
    assert (found.outcomes, found.late_minutes, found.early_minutes) == (outcomes, late, early)


def test_whoever_forgot_to_clock_out_is_not_there_for_ever() -> None:
    assert stay(at(8), None, at(10)) == span(8, 10)
    assert stay(at(8), None, at(40)) == span(8, 24)
    assert stay(None, at(10), at(10)) is None


spans = st.lists(
    st.tuples(st.integers(0, 200), st.integers(1, 60)).map(lambda p: span(p[0] / 10, (p[0] + p[1]) / 10)), max_size=8
)


@given(spans, spans)
def test_time_is_neither_made_nor_lost(one: list[Span], other: list[Span]) -> None:
    def total(some: list[Span]) -> timedelta:
        return sum((s.end - s.start for s in some), timedelta())

    assert total(merged(one)) == total(common(one, other)) + total(without(one, other))
    left = without(one, other)
    assert all(a.end < b.start for a, b in zip(left, left[1:], strict=False))
    assert not any(a.meets(b) for a in left for b in other)
