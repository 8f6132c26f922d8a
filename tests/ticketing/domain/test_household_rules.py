"""Rules of households, without a database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ticketing.domain.households import (
    admitted_powers,
    depends_on,
    last_day_before,
)
from services.ticketing.domain.register import RELATION_POWERS, on
from shared.periods import unbroken_since

D = date(2025, 3, 7)


@pytest.mark.parametrize(
    ("spans", "since"),
    [
        ([], None),
        ([(date(2020, 1, 1), None)], date(2020, 1, 1)),
        ([(date(2020, 1, 1), D)], date(2020, 1, 1)),
        ([(date(2020, 1, 1), D - timedelta(days=1))], None),
        ([(D, None)], D),
        ([(D + timedelta(days=1), None)], None),
        # family first, owner from the next day on: one time
        ([(date(2024, 1, 1), None), (date(2019, 5, 1), date(2023, 12, 31))], date(2019, 5, 1)),
        # one day between them: two times
        ([(date(2024, 1, 2), None), (date(2019, 5, 1), date(2023, 12, 31))], date(2024, 1, 2)),
        # a short one inside a long one changes nothing
        ([(date(2024, 1, 1), None), (date(2022, 1, 1), date(2022, 6, 1)), (date(2019, 1, 1), date(2023, 12, 31))],
         date(2019, 1, 1)),
    ],
)  # fmt: skip
def test_residents_reach_back_as_far_as_their_unbroken_time(
    spans: list[tuple[date, date | None]], since: date | None
) -> None:
    """D-075."""
    assert unbroken_since(spans, D) == since


days = st.integers(0, 40).map(lambda n: D + timedelta(days=n - 20))


@given(st.lists(st.tuples(days, st.none() | days), max_size=6))
def test_every_day_of_the_time_is_covered_and_the_day_before_is_not(spans: list[tuple[date, date | None]]) -> None:
    """D-075: nothing is reached that no relation covers."""
    since = unbroken_since(spans, D)
    if since is None:
        assert not any(on(D, *span) for span in spans)
        return
    day = since
    while day <= D:
        assert any(on(day, *span) for span in spans)
        day += timedelta(days=1)
    assert not any(on(since - timedelta(days=1), *span) for span in spans)


def test_nobody_admits_to_more_than_they_hold() -> None:
    """D-076."""
    assert admitted_powers("family", None, RELATION_POWERS) == ("signs", "rates", "answers_surveys")
    assert admitted_powers("tenant", None, ("rates",)) == ("rates",)
    assert admitted_powers("tenant", ["admits", "rates"], ("rates", "admits")) == ("rates", "admits")
    assert admitted_powers("tenant", [], RELATION_POWERS) == ()
    for role, asked, word in (
        ("family", ["pays"], "pays"),
        ("owner", None, "owner"),
        ("agent", None, "agent"),
        ("family", ["flies"], "flies"),
    ):
        with pytest.raises(ValueError, match=word):
            admitted_powers(role, asked, ("rates",))


def test_an_end_before_the_beginning_is_none() -> None:
    assert last_day_before(D, D - timedelta(days=1)) == D - timedelta(days=1)
    assert last_day_before(D, D) is None


def test_whoever_was_admitted_goes_with_whoever_admitted_them() -> None:
    granted = [(1, None), (2, 1), (3, 2), (4, None), (5, 4)]
    assert depends_on(granted, [1]) == {1, 2, 3}
    assert depends_on(granted, [4, 3]) == {3, 4, 5}
    assert depends_on([(1, 2), (2, 1)], [1]) == {1, 2}
