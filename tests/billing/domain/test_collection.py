"""The collection rate of a natural quarter: F-048, A-218, B-072, AMB-016, AMB-108, AMB-114."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.billing.domain.collection import Billed, Credited, collection_rate

START, END = date(2025, 1, 1), date(2025, 4, 1)
DUE = date(2025, 3, 25)


def rate(billed: list[Billed], credited: list[Credited], **options: object):  # type: ignore[no-untyped-def]
    return collection_rate(START, END, billed, credited, **options)  # type: ignore[arg-type]


def test_f_048_1_092_500_of_1_250_000_is_87_40_percent() -> None:
    # C-066, AMB-114
    result = rate(
        [Billed(date(2025, 1, 25), 40_000_000, 2000), Billed(DUE, 85_000_000, 4000)],
        [
            Credited(date(2025, 1, 25), date(2025, 1, 20), 39_250_000),
            Credited(DUE, END.replace(month=3, day=31), 70_000_000),
        ],
    )
    assert (result.numerator_fen, result.denominator_fen, result.bills) == (109_250_000, 125_000_000, 6000)
    assert result.exact == Fraction(874, 1000)
    assert result.percent == "87.40"


@pytest.mark.parametrize(
    ("on", "numerator", "later"),
    [
        pytest.param(date(2024, 12, 30), 100, 0, id="an earlier prepayment counts"),
        pytest.param(date(2025, 3, 31), 100, 0, id="31 March counts"),
        pytest.param(date(2025, 4, 1), 0, 100, id="1 April stands beside"),
    ],
)
def test_b_072_money_counts_until_the_quarters_last_day(on: date, numerator: int, later: int) -> None:
    # C-066
    result = rate([Billed(DUE, 100)], [Credited(DUE, on, 100)])
    assert (result.numerator_fen, result.later_fen) == (numerator, later)


@pytest.mark.parametrize(
    ("due", "counted"),
    [
        pytest.param(date(2024, 12, 31), False, id="due before"),
        pytest.param(date(2025, 1, 1), True, id="first day"),
        pytest.param(date(2025, 3, 31), True, id="last day"),
        pytest.param(date(2025, 4, 1), False, id="due after"),
    ],
)
def test_amb_016_only_bills_due_in_the_quarter_count(due: date, counted: bool) -> None:
    result = rate([Billed(due, 100)], [Credited(due, date(2025, 2, 1), 60)])
    assert (result.denominator_fen, result.numerator_fen) == ((100, 60) if counted else (0, 0))
    assert result.other_bills_fen == (0 if counted else 60)


def test_amb_016_literal_counts_all_money_credited_inside_the_quarter() -> None:
    credited = [
        Credited(date(2024, 12, 25), date(2025, 1, 10), 30),  # old arrears, in the quarter
        Credited(DUE, date(2024, 12, 1), 50),  # prepaid before it
        Credited(DUE, date(2025, 3, 31), 7),
    ]
    assert rate([Billed(DUE, 100)], credited, reading="literal").numerator_fen == 37
    assert rate([Billed(DUE, 100)], credited).numerator_fen == 57


def test_nothing_due_is_no_data() -> None:
    result = rate([], [])
    assert result.exact is None and result.percent is None


def test_amb_108_the_shown_rate_is_rounded_half_up_the_exact_one_is_not() -> None:
    result = rate([Billed(DUE, 100_000)], [Credited(DUE, DUE, 89_995)])
    assert result.percent == "90.00"
    assert result.exact is not None and result.exact < Fraction(9, 10)


def test_an_unknown_reading_is_refused() -> None:
    with pytest.raises(ValueError, match="reading"):
        rate([], [Credited(DUE, DUE, 1)], reading="guess")


dates = st.dates(date(2024, 10, 1), date(2025, 6, 30))
credits_ = st.lists(st.builds(Credited, dates, dates, st.integers(1, 10**8)), max_size=30)


@given(credited=credits_, seed=st.randoms())
def test_neither_order_nor_grouping_of_money_changes_the_rate(credited: list[Credited], seed: object) -> None:
    split = [
        half for c in credited for half in (Credited(c.due_date, c.on, c.amount_fen - 1), Credited(c.due_date, c.on, 1))
    ]
    seed.shuffle(split)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    assert rate([Billed(DUE, 1)], credited) == rate([Billed(DUE, 1)], split)


@given(credited=credits_)
def test_money_for_the_quarters_bills_is_either_counted_or_later(credited: list[Credited]) -> None:
    result = rate([], credited)
    due_here = sum(c.amount_fen for c in credited if START <= c.due_date < END)
    assert result.numerator_fen + result.later_fen == due_here
