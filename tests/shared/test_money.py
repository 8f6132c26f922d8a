"""Money in fen: no float, one rounding, and splits that lose nothing."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.money import Money, fen_half_up, largest_remainder, round_half_up

FRACTIONS = st.fractions(min_value=-10**9, max_value=10**9, max_denominator=10**6)


@pytest.mark.parametrize(("text", "fen"), [
    ("12.50", 1250), ("12.5", 1250), ("12", 1200), ("0.07", 7), ("-3.05", -305), ("1250000.00", 125_000_000), ("0", 0),
])
def test_an_amount_is_read_to_the_fen(text: str, fen: int) -> None:
    assert Money.parse(text) == Money(fen)


@pytest.mark.parametrize("text", ["", "12.505", "1,250", "12.", ".5", "1e3", " 1", "1 ", "¥1", "NaN", "+1", "1.5\n"])
def test_anything_else_is_not_an_amount(text: str) -> None:
    with pytest.raises(ValueError, match="looks like 12.50"):
        Money.parse(text)


@given(st.integers(-10**14, 10**14))
def test_an_amount_written_is_the_amount_read(fen: int) -> None:
    assert Money.parse(str(Money(fen))) == Money(fen)


def test_money_adds_and_compares_within_its_currency() -> None:
    assert Money(1250) + Money(1540) - Money(40) == Money(2750) and -Money(5) == Money(-5)
    assert Money(1) < Money(2) <= Money(2) and Money(3) > Money(2) >= Money(2)
    assert not Money(0) and Money(1)
    assert Money(100) != Money(100, "USD")
    for mix in (Money.__add__, Money.__sub__, Money.__lt__, Money.__le__, Money.__gt__, Money.__ge__):
        with pytest.raises(TypeError, match="CNY and USD do not mix"):
            mix(Money(100), Money(100, "USD"))
    for other in (1, 1.0, Decimal(1), None):
        with pytest.raises(TypeError, match="do not mix"):
            Money(1) + other  # type: ignore[operator]


@pytest.mark.parametrize(("value", "places", "rounded"), [
    ("0.125", 2, "0.13"), ("0.135", 2, "0.14"), ("-0.125", 2, "-0.13"), ("0.1249999", 2, "0.12"), ("2.5", 0, "3"),
    ("12.199995", 2, "12.20"), ("89.995", 2, "90.00"), ("-0.004", 2, "0.00"), ("7", 2, "7.00"),
])
def test_halves_go_away_from_zero(value: str, places: int, rounded: str) -> None:
    assert str(round_half_up(Decimal(value), places)) == rounded


def test_a_third_is_rounded_from_the_exact_fraction() -> None:
    assert round_half_up(Fraction(1, 3), 2) == Decimal("0.33") and round_half_up(Fraction(2, 3), 2) == Decimal("0.67")
    assert fen_half_up(Fraction(1, 200)) == 1 and fen_half_up(Decimal("93.50") * Decimal("2.85")) == 26648


@given(FRACTIONS, st.integers(0, 6))
def test_rounding_is_at_most_half_a_step_off_odd_and_steady(value: Fraction, places: int) -> None:
    rounded = round_half_up(value, places)
    assert abs(Fraction(rounded) - value) <= Fraction(1, 2 * 10**places)
    assert round_half_up(-value, places) == -rounded
    assert round_half_up(rounded, places) == rounded


@given(FRACTIONS, FRACTIONS)
def test_rounding_keeps_order(a: Fraction, b: Fraction) -> None:
    low, high = sorted((a, b))
    assert round_half_up(low, 2) <= round_half_up(high, 2)


@given(st.integers(-10**12, 10**12), st.lists(FRACTIONS.map(abs), min_size=1, max_size=30).filter(any))
def test_the_parts_of_a_split_sum_to_the_total_and_are_within_a_fen_of_their_share(
    total: int, weights: list[Fraction]
) -> None:
    parts = largest_remainder(total, weights)
    whole = sum(weights)
    assert sum(parts) == total
    assert all(abs(part - Fraction(total) * weight / whole) < 1 for part, weight in zip(parts, weights, strict=True))
    assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)


@pytest.mark.parametrize(("total", "weights", "parts"), [
    (100, [1, 1, 1], [34, 33, 33]), (-100, [1, 1, 1], [-34, -33, -33]), (5, [0, 1, 0], [0, 5, 0]), (0, [0, 0], [0, 0]),
    (1, [1, 1], [1, 0]), (10, [Decimal("0.5"), Decimal("1.5")], [3, 7]), (0, [], []),
])
def test_the_fen_left_over_go_to_the_largest_remainder_then_to_the_earlier(
    total: int, weights: list[int], parts: list[int]
) -> None:
    assert largest_remainder(total, weights) == parts


@pytest.mark.parametrize("weights", [[0, 0], [], [2, -1]])
def test_what_cannot_be_split_is_refused(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        largest_remainder(1, weights)


@given(st.fractions(min_value=-(10**9), max_value=10**9, max_denominator=10**6))
def test_fen_are_a_hundredfold_rounded_half_up(yuan: Fraction) -> None:
    assert fen_half_up(yuan) == int(round_half_up(yuan * 100))
