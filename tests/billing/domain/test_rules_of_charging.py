"""Tiers, splits, payers and vacancies: nothing is lost, nothing charged twice."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.billing.domain.charging import Basis, Consumption, Line, rules, total_fen
from services.billing.domain.fee_rules import metered
from services.billing.domain.metering import Meter, NotRising, check_reading, consumption
from services.billing.domain.payers import Relation, payers_of
from services.billing.domain.runs import Given, Terms, Unit, charge
from services.billing.domain.splits import split_cost, split_lines
from services.billing.domain.vacancy import Vacancy

FEB, MAR = date(2025, 2, 1), date(2025, 3, 1)
A, B, C = (UUID(int=n) for n in (1, 2, 3))
HOME = Unit(UUID(int=9), "1", Decimal("100"), "dwelling", date(2020, 1, 1))
TERMS = Terms(rules()["area"], rules()["area"].params(Decimal("2.80")), FEB, MAR, 1)


@pytest.mark.parametrize(
    "tiers",
    [
        (),
        (metered.Tier(Decimal("1"), Decimal("5")),),
        (metered.Tier(Decimal("1")), metered.Tier(Decimal("2"))),
        tuple(metered.Tier(Decimal(1), limit) for limit in (Decimal(5), Decimal(5), None)),
        (metered.Tier(Decimal("0")),),
    ],
)
def test_tiers_that_leave_consumption_without_a_price_are_refused(tiers: tuple[metered.Tier, ...]) -> None:
    with pytest.raises(ValueError, match="tier"):
        metered.Params(tiers)


@given(usage=st.decimals(min_value=0, max_value=500, places=2), months=st.integers(1, 6))
def test_c071_every_unit_of_measure_is_charged_in_exactly_one_tier(usage: Decimal, months: int) -> None:
    params = metered.Params(
        (
            metered.Tier(Decimal("2.67"), Decimal(22)),
            metered.Tier(Decimal("3.43"), Decimal(30)),
            metered.Tier(Decimal("5.74")),
        )
    )
    basis = Basis(Decimal(1), "dwelling", meters=(Consumption("W", "m3", usage, months),))
    lines = metered.lines(params, basis)
    assert sum((line.quantity for line in lines), Decimal(0)) == usage
    for line, most in zip(lines, (22 * months, 8 * months, 10**9), strict=False):
        assert 0 < line.quantity <= most


METER = Meter("W-1", "water", Decimal("1.5"), Decimal("10"), date(2025, 1, 5))


@pytest.mark.parametrize(
    ("readings", "period", "expected"),
    [
        ({"2025-01": "14"}, "2025-01", ("6.0", 1)),  # from what it showed when it was installed, times 1.5
        ({"2025-01": "14", "2025-02": "14"}, "2025-02", ("0.0", 1)),
        ({"2025-01": "14", "2025-04": "20"}, "2025-04", ("9.0", 3)),  # two months without a reading
        ({"2025-01": "14"}, "2025-02", None),
    ],
)
def test_consumption_runs_from_the_last_reading(
    readings: dict[str, str], period: str, expected: tuple[str, int] | None
) -> None:
    got = consumption(METER, {month: Decimal(value) for month, value in readings.items()}, period)
    assert (None if got is None else (str(got.usage), got.months)) == expected


@pytest.mark.parametrize(("period", "value", "fits"), [
    ("2025-01", "9.9", False), ("2025-01", "10", True), ("2025-02", "15", True), ("2025-02", "21", False),
    ("2025-04", "19", False), ("2025-04", "20", True),
])
def test_a_reading_fits_between_its_neighbours(period: str, value: str, fits: bool) -> None:
    known = {"2025-01": Decimal(14), "2025-03": Decimal(20)}
    known.pop(period, None)
    if fits:
        check_reading(METER, known, period, Decimal(value))
    else:
        with pytest.raises(NotRising):
            check_reading(METER, known, period, Decimal(value))


areas = st.dictionaries(
    st.integers(1, 10**6).map(lambda n: UUID(int=n)),
    st.decimals(min_value="0.01", max_value="999", places=2),
    min_size=1,
    max_size=30,
)


@given(total=st.integers(1, 10**9), units=areas, by=st.sampled_from(["area", "count"]))
def test_a_shared_cost_is_split_without_losing_a_fen(total: int, units: dict[UUID, Decimal], by: str) -> None:
    parts = split_cost(total, units, by)
    assert sum(part.amount_fen for part in parts.values()) == total
    assert sum((part.share for part in parts.values()), Fraction(0)) == 1
    for part in parts.values():
        assert abs(part.amount_fen - total * part.share) < 1


def test_a_cost_without_bearers_is_not_split() -> None:
    with pytest.raises(ValueError, match="split"):
        split_cost(100, {}, "area")


relations = st.lists(
    st.builds(
        lambda who, role, since, length: Relation(
            UUID(int=who), role, FEB + timedelta(since), None if length is None else FEB + timedelta(since + length)
        ),
        st.integers(1, 4),
        st.sampled_from(["payer", "owner", "co_owner", "tenant"]),
        st.integers(-40, 40),
        st.none() | st.integers(0, 40),
    ),
    max_size=5,
)


@given(found=relations)
def test_the_days_of_the_payers_add_up_to_the_period(found: list[Relation]) -> None:
    payers = payers_of(found, FEB, MAR)
    assert sum(days for _, days in payers) == 28 and all(days > 0 for _, days in payers)
    assert len(payers) == 1 or all(who is not None for who, _ in payers)
    assert all(one[0] != two[0] for one, two in zip(payers, payers[1:], strict=False))


@pytest.mark.parametrize(
    ("found", "payers"),
    [
        ([Relation(A, "owner", date(2020, 1, 1), date(2025, 2, 10)), Relation(B, "owner", date(2025, 2, 11))],
         [(A, 10), (B, 18)]),
        # A day of nobody between two owners is the later one's.
        ([Relation(A, "owner", date(2020, 1, 1), date(2025, 2, 10)), Relation(B, "owner", date(2025, 2, 13))],
         [(A, 10), (B, 18)]),
        # Nobody after the last owner: he bears the rest.
        ([Relation(A, "owner", date(2020, 1, 1), date(2025, 2, 10)), Relation(C, "tenant", FEB)], [(A, 28)]),
        ([Relation(A, "owner", FEB), Relation(B, "payer", date(2025, 2, 15))], [(A, 14), (B, 14)]),
        ([], [(None, 28)]),
    ],
)
def test_after_a_change_of_owner_each_pays_for_their_days(
    found: list[Relation], payers: list[tuple[UUID | None, int]]
) -> None:
    assert payers_of(found, FEB, MAR) == payers


@given(
    amounts=st.lists(st.integers(-(10**6), 10**7), min_size=1, max_size=4),
    days=st.lists(st.integers(1, 31), min_size=1, max_size=4),
)
def test_the_bills_of_several_payers_add_up_line_by_line(amounts: list[int], days: list[int]) -> None:
    lines = [Line({}, Decimal(1), "m2", Decimal(1), 1, Fraction(1), fen) for fen in amounts]
    parts = split_lines(lines, days)
    for place, fen in enumerate(amounts):
        assert sum(part[place].amount_fen for part in parts) == fen
        assert sum((part[place].share for part in parts), Fraction(0)) == 1


def test_a_bill_of_two_owners_adds_up_to_the_undivided_one() -> None:
    found = [Relation(A, "owner", date(2020, 1, 1), date(2025, 2, 9)), Relation(B, "owner", date(2025, 2, 10))]
    drafts = charge(HOME, TERMS, found)
    assert not isinstance(drafts, str)
    assert [(d.payer_id, d.amount_fen, d.part) for d in drafts] == [(A, 9000, 0), (B, 19000, 1)]


@pytest.mark.parametrize(
    ("vacancy", "fen"),
    [
        (Vacancy(date(2024, 1, 1), date(2025, 12, 31), 70), 19600),
        (Vacancy(date(2025, 2, 15), date(2025, 12, 31), 70), 23800),  # 14 of 28 days at 70 %
        (Vacancy(MAR, date(2025, 12, 31), 70), 28000),
        (Vacancy(FEB, date(2025, 2, 28), 0), "no_amount"),
    ],
)
def test_an_empty_unit_pays_the_agreed_part_for_its_days(vacancy: Vacancy, fen: int | str) -> None:
    got = charge(HOME, TERMS, (), Given(vacant=(vacancy,)))
    assert (got if isinstance(got, str) else got[0].amount_fen) == fen
    if not isinstance(got, str):
        assert got[0].amount_fen == total_fen(got[0].lines)
