"""Exact in, half-up out (RR4, RR5, AMB-108)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kpi.domain.numbers import beside, exact, fixed, half_up, plain


@pytest.mark.parametrize(
    ("value", "shown"),
    [("0.125", "0.13"), ("0.135", "0.14"), ("2.005", "2.01"), ("-0.125", "-0.13"), ("12.5", "12.50"), ("0", "0.00")],
)
def test_half_up_away_from_zero(value: str, shown: str) -> None:
    # AMB-108
    assert fixed(exact(value)) == shown


@given(st.fractions(min_value=-1000, max_value=1000))
def test_rounding_is_never_off_by_more_than_half_a_hundredth(value: Fraction) -> None:
    assert abs(half_up(value) - value) <= Fraction(1, 200)
    assert Fraction(Decimal(fixed(value))) == half_up(value)


@pytest.mark.parametrize("wrong", [1.5, True, None, "x", "", "nan", "inf", [], "1" * 50])
def test_what_is_not_an_exact_number_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError):
        exact(wrong)


def test_a_miss_never_looks_equal_to_its_target() -> None:
    assert beside(exact("89.995"), exact(90)) == "89.995"
    assert beside(exact("89.99"), exact(90)) == "89.99"
    assert beside(exact(90), exact(90)) == "90.00"


def test_the_shortest_exact_text() -> None:
    assert [plain(exact(v)) for v in ("85", "85.50", "0.1")] == ["85", "85.5", "0.1"]
    assert plain(Fraction(1, 3)) == "0.333333"
