"""Money pays the oldest due bill first, never more than a bill's open amount, and never gets lost."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.billing.domain.allocation import (
    OpenBill,
    Prepaid,
    Refused,
    Told,
    apply_prepaid,
    as_told,
    oldest_first,
)

JAN, FEB, MAR = (UUID(int=n) for n in (1, 2, 3))
BILLS = [
    OpenBill(MAR, date(2025, 3, 25), "3", 300, "property"),
    OpenBill(JAN, date(2025, 1, 25), "1", 100, "property"),
    OpenBill(FEB, date(2025, 2, 25), "2", 200, "property"),
]


@pytest.mark.parametrize(
    ("amount", "expected", "rest"),
    [
        (50, {JAN: 50}, 0),
        (100, {JAN: 100}, 0),
        (150, {JAN: 100, FEB: 50}, 0),
        (600, {JAN: 100, FEB: 200, MAR: 300}, 0),
        (650, {JAN: 100, FEB: 200, MAR: 300}, 50),
        (0, {}, 0),
    ],
)
def test_oldest_due_first_the_rest_stands_beside(amount: int, expected: dict[UUID, int], rest: int) -> None:
    shares, left = oldest_first(amount, BILLS)
    assert ({s.bill_id: s.amount_fen for s in shares}, left) == (expected, rest)


def test_a_negative_amount_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        oldest_first(-1, BILLS)


@pytest.mark.parametrize(
    ("amount", "told", "reason", "index"),
    [
        (500, [(FEB, 201)], "above_open", 0),
        (500, [(FEB, 10), (UUID(int=9), 1)], "unknown_bill", 1),
        (500, [(FEB, 10), (FEB, 10)], "twice", 1),
        (500, [(FEB, 0)], "not_positive", 0),
        (100, [(JAN, 100), (FEB, 1)], "above_amount", None),
    ],
)
def test_what_cannot_be_done_as_told_is_refused(
    amount: int, told: list[tuple[UUID, int]], reason: str, index: int | None
) -> None:
    with pytest.raises(Refused) as refused:
        as_told(amount, [Told(*t) for t in told], {b.id: b for b in BILLS})
    assert (refused.value.reason, refused.value.index) == (reason, index)


def test_as_told_pays_what_was_told_and_leaves_the_rest() -> None:
    shares, rest = as_told(400, [Told(MAR, 300)], {b.id: b for b in BILLS})
    assert [(s.bill_id, s.amount_fen) for s in shares] == [(MAR, 300)]
    assert rest == 100


def test_the_earliest_prepayment_pays_the_oldest_bill_and_keeps_its_value_date() -> None:
    late = Prepaid(UUID(int=11), date(2025, 4, 1), 500)
    early = Prepaid(UUID(int=12), date(2025, 3, 31), 150)
    applied = apply_prepaid([late, early], BILLS)
    assert [(a.prepaid_id, a.bill_id, a.amount_fen) for a in applied] == [
        (early.id, JAN, 100),
        (early.id, FEB, 50),
        (late.id, FEB, 150),
        (late.id, MAR, 300),
    ]


def test_late_fees_wait_until_all_else_is_paid_however_old_they_are() -> None:
    fee = OpenBill(UUID(int=4), date(2024, 12, 1), "0", 50, "late_fee")
    shares, _ = oldest_first(620, [fee, *BILLS])
    assert {s.bill_id: s.amount_fen for s in shares} == {JAN: 100, FEB: 200, MAR: 300, fee.id: 20}
    applied = apply_prepaid([Prepaid(UUID(int=11), date(2025, 3, 1), 120)], [fee, *BILLS])
    assert [(a.bill_id, a.amount_fen) for a in applied] == [(JAN, 100), (FEB, 20)]


fen = st.integers(0, 10**7)
kinds = st.sampled_from(["property", "parking", "late_fee"])
bill_lists = st.lists(
    st.builds(
        lambda n, days, open_fen, kind: OpenBill(
            UUID(int=n), date(2025, 1, 1) + timedelta(days), str(n), open_fen, kind
        ),
        st.integers(1, 10**6),
        st.integers(0, 400),
        fen,
        kinds,
    ),
    max_size=20,
    unique_by=lambda b: b.id,
)


@given(amount=fen, bills=bill_lists)
def test_nothing_is_lost_and_no_bill_is_overpaid(amount: int, bills: list[OpenBill]) -> None:
    shares, rest = oldest_first(amount, bills)
    open_of = {b.id: b.open_fen for b in bills}
    assert sum(s.amount_fen for s in shares) + rest == amount
    assert rest >= 0 and all(0 < s.amount_fen <= open_of[s.bill_id] for s in shares)
    assert rest == 0 or sum(s.amount_fen for s in shares) == sum(open_of.values())


@given(amount=fen, bills=bill_lists, seed=st.randoms())
def test_the_order_in_which_bills_are_read_does_not_matter(amount: int, bills: list[OpenBill], seed: object) -> None:
    shuffled = list(bills)
    seed.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    assert oldest_first(amount, bills) == oldest_first(amount, shuffled)


@given(first=fen, second=fen, bills=bill_lists)
def test_two_payments_pay_what_one_of_their_sum_would(first: int, second: int, bills: list[OpenBill]) -> None:
    def paid(amounts: list[int]) -> dict[UUID, int]:
        left = {b.id: b for b in bills}
        for amount in amounts:
            for s in oldest_first(amount, list(left.values()))[0]:
                b = left[s.bill_id]
                left[b.id] = OpenBill(b.id, b.due_date, b.number, b.open_fen - s.amount_fen, b.fee_kind)
        return {b.id: b.open_fen for b in left.values()}

    assert paid([first, second]) == paid([second, first]) == paid([first + second])


@given(
    bills=bill_lists,
    prepaid=st.lists(
        st.builds(
            lambda n, days, f: Prepaid(UUID(int=n), date(2025, 1, 1) + timedelta(days), f),
            st.integers(1, 10**6),
            st.integers(0, 400),
            fen,
        ),
        max_size=8,
        unique_by=lambda p: p.id,
    ),
)
def test_prepayments_pay_as_much_as_they_can_and_no_more(bills: list[OpenBill], prepaid: list[Prepaid]) -> None:
    applied = apply_prepaid(prepaid, bills)
    for bill in bills:
        assert sum(a.amount_fen for a in applied if a.bill_id == bill.id) <= bill.open_fen
    for credit in prepaid:
        assert sum(a.amount_fen for a in applied if a.prepaid_id == credit.id) <= credit.open_fen
    assert sum(a.amount_fen for a in applied) == min(sum(b.open_fen for b in bills), sum(p.open_fen for p in prepaid))
