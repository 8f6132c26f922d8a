"""Who gets a bill from a run, addressed to whom, and who does not and why."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.billing.domain.charging import rules
from services.billing.domain.ledger import Posting, Unbalanced, balanced, payment_received
from services.billing.domain.payers import Relation, payer_of
from services.billing.domain.runs import Terms, Unit, charge, plan

JAN, FEB = date(2025, 1, 1), date(2025, 2, 1)
TERMS = Terms(rules()["area"], rules()["area"].params(Decimal("2.00")), JAN, FEB, 1)
A, B, C = (UUID(int=n) for n in (1, 2, 3))


def unit(number: int = 1, area: str = "100", use: str = "dwelling", sold_on: date | None = JAN) -> Unit:
    return Unit(UUID(int=number), str(number), Decimal(area), use, sold_on)


@pytest.mark.parametrize(
    ("given_unit", "outcome"),
    [
        (unit(), 20000),
        (unit(sold_on=date(2025, 1, 31)), 645),  # 1 of 31 days
        (unit(sold_on=None), "not_sold"),
        (unit(sold_on=FEB), "not_sold"),
        (unit(use="parking"), "other_use"),
        (unit(area="0"), "no_area"),
    ],
)
def test_only_units_sold_by_the_period_are_billed(given_unit: Unit, outcome: int | str) -> None:
    got = charge(given_unit, TERMS, ())
    assert (got if isinstance(got, str) else sum(draft.amount_fen for draft in got)) == outcome


def test_a_repeated_run_fills_gaps_only() -> None:
    units = [unit(1), unit(2), unit(3)]
    result = plan(units, TERMS, {}, frozenset({units[1].id}))
    assert [d.unit_id for d in result.drafts] == [units[0].id, units[2].id]
    assert result.skipped == {"already_billed": 1}


@pytest.mark.parametrize(
    ("relations", "payer"),
    [
        ([Relation(A, "owner", JAN)], A),
        ([Relation(A, "owner", JAN), Relation(B, "payer", JAN)], B),
        ([Relation(A, "owner", date(2020, 1, 1), date(2024, 12, 31)), Relation(B, "owner", JAN)], B),
        ([Relation(A, "owner", date(2025, 1, 9))], A),
        ([Relation(A, "owner", FEB)], None),
        ([Relation(A, "tenant", JAN)], None),
        ([Relation(C, "co_owner", date(2019, 1, 1)), Relation(A, "owner", JAN)], A),
        ([], None),
    ],
)
def test_the_payer_is_the_named_payer_else_the_owner(relations: list[Relation], payer: UUID | None) -> None:
    assert payer_of(relations, JAN, FEB) == payer


def test_postings_that_do_not_sum_to_zero_are_refused() -> None:
    with pytest.raises(Unbalanced):
        balanced([Posting("money", "cash", A, None, 1)])
    with pytest.raises(Unbalanced):
        payment_received(A, "cash", 100, [(A, B, "property", 60)], 30)


@given(shares=st.lists(st.integers(1, 10**8), max_size=5), rest=st.integers(0, 10**8))
def test_a_payment_balances_for_every_split(shares: list[int], rest: int) -> None:
    paid = [(A, UUID(int=100 + n), "property", fen) for n, fen in enumerate(shares)]
    postings = payment_received(A, "cash", sum(shares) + rest, paid, rest)
    assert sum(p.amount_fen for p in postings) == 0
