"""Buckets of age say what the three-month rule says."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from services.billing.domain.ageing import BUCKETS, NAMES, NOT_DUE, bucket
from services.billing.domain.dunning import due_from

DAYS = st.dates(date(2019, 1, 1), date(2026, 12, 31))


@given(due=DAYS, as_of=DAYS)
def test_c065_a_bill_is_as_old_as_its_full_months_overdue_as_f086_counts_them(due: date, as_of: date) -> None:
    expected = NOT_DUE
    for name, months in BUCKETS:
        if (due < as_of) if not months else (due_from(due, months) <= as_of):
            expected = name
    assert bucket(due, as_of) == expected


def test_f086_a_bill_of_31_january_is_three_full_months_overdue_from_1_may() -> None:
    assert bucket(date(2025, 1, 31), date(2025, 1, 31)) == NOT_DUE
    assert bucket(date(2025, 1, 31), date(2025, 2, 1)) == "0-1"
    assert bucket(date(2025, 1, 31), date(2025, 4, 30)) == "1-3"
    assert bucket(date(2025, 1, 31), date(2025, 5, 1)) == "3-6"
    assert NAMES[-1] == bucket(date(2020, 1, 31), date(2025, 5, 1)) == "36+"
