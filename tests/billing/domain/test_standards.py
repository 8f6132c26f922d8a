"""Dated versions of a standard never overlap; a month is charged by the one in force on its first day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.billing.domain.proration import charged_share
from services.billing.domain.standards import EmptyRange, Overlap, Version, due_date, in_force, place

JAN, FEB, MAR = date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 1)


def test_a_new_version_from_1_february_ends_the_old_one_on_31_january() -> None:
    old = Version(1, JAN, None)
    placement = place([old], FEB, None)
    assert (placement.number, placement.ends, placement.ends_on) == (2, old, date(2025, 1, 31))


@pytest.mark.parametrize(
    ("chain", "first", "last", "other"),
    [
        pytest.param([Version(1, JAN, None)], JAN, None, 1, id="same first day"),
        pytest.param([Version(1, FEB, None)], JAN, None, 1, id="open before a later one"),
        pytest.param([Version(1, JAN, date(2025, 3, 31))], FEB, None, 1, id="inside an agreed end"),
        pytest.param([Version(1, JAN, FEB)], FEB, None, 1, id="shares one day"),
        pytest.param([Version(1, JAN, date(2025, 1, 31)), Version(2, FEB, None)], date(2025, 1, 10), MAR, 1, id="two"),
    ],
)
def test_an_overlapping_version_is_refused(chain: list[Version], first: date, last: date | None, other: int) -> None:
    with pytest.raises(Overlap) as refused:
        place(chain, first, last)
    assert refused.value.other.number == other


def test_a_version_may_fill_the_days_before_a_later_one() -> None:
    placement = place([Version(1, FEB, None)], JAN, date(2025, 1, 31))
    assert (placement.number, placement.ends) == (2, None)


def test_a_last_day_before_the_first_is_refused() -> None:
    with pytest.raises(EmptyRange):
        place([], FEB, JAN)


days = st.dates(date(2024, 1, 1), date(2026, 12, 31))


@given(st.lists(st.tuples(days, st.none() | st.integers(0, 200)), max_size=12))
def test_whatever_is_accepted_no_day_has_two_versions(wanted: list[tuple[date, int | None]]) -> None:
    chain: list[Version] = []
    for first, length in wanted:
        last = None if length is None else first + timedelta(days=length)
        try:
            placed = place(chain, first, last)
        except Overlap:
            continue
        chain = [Version(v.number, v.first, placed.ends_on) if v is placed.ends else v for v in chain]
        chain.append(Version(placed.number, first, last))
    for offset in range(0, 1096, 3):
        day = date(2024, 1, 1) + timedelta(days=offset)
        assert sum(v.in_force(day) for v in chain) <= 1
        assert in_force(chain, day) in [*chain, None]


@pytest.mark.parametrize(
    ("month", "day", "due"),
    [
        (JAN, 25, date(2025, 1, 25)),
        (FEB, 30, date(2025, 2, 28)),
        (date(2024, 2, 1), 31, date(2024, 2, 29)),
    ],
)
def test_a_due_day_that_does_not_exist_is_the_months_last_day(month: date, day: int, due: date) -> None:
    assert due_date(month, day) == due


@pytest.mark.parametrize(
    ("sold_on", "mode", "share"),
    [
        (date(2024, 6, 1), "day", "1"),
        (FEB, "day", "1"),
        (date(2025, 2, 15), "day", "1/2"),
        (date(2025, 2, 28), "day", "1/28"),
        (MAR, "day", "0"),
        (None, "day", "0"),
        (FEB, "none", "1"),
        (date(2025, 2, 2), "none", "0"),
    ],
)
def test_a_unit_is_charged_from_the_day_it_is_sold(sold_on: date | None, mode: str, share: str) -> None:
    assert str(charged_share(FEB, MAR, sold_on, mode)) == share
