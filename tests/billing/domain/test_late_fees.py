"""Late fees by the day: grace, cap, disputes, and facts that come in any order."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.billing.domain.fee_rules.late_fee import Params
from services.billing.domain.late_fees import Entry, Hold, Less, accrued, to_enter

DUE = date(2025, 1, 25)
TERMS = Params(Decimal("0.0005"))


def total(*args: object, terms: Params = TERMS, amount: int = 100_000, until: date = date(2025, 2, 28)) -> int:
    less, holds = args if args else ((), ())
    return sum(e.amount_fen for e in accrued(amount, DUE, less, holds, terms, until))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("less", "holds", "terms", "until", "fen"),
    [
        ([], [], TERMS, DUE, 0),
        ([], [], TERMS, date(2025, 1, 26), 50),  # the first day after: 1,000.00 x 0.05 %
        ([], [], TERMS, date(2025, 2, 28), 50 * 34),
        ([], [], Params(Decimal("0.0005"), grace_days=10), date(2025, 2, 4), 0),
        ([], [], Params(Decimal("0.0005"), grace_days=10), date(2025, 2, 5), 50),
        ([], [], Params(Decimal("0.01"), cap=Decimal(10)), date(2025, 12, 31), 10_000),
        ([Less(DUE, 100_000)], [], TERMS, date(2025, 2, 28), 0),  # paid on the due date
        ([Less(date(2025, 1, 28), 100_000)], [], TERMS, date(2025, 2, 28), 100),  # 26 and 27 January
        ([Less(date(2025, 2, 1), 60_000)], [], TERMS, date(2025, 2, 28), 50 * 6 + 20 * 28),
        ([], [Hold(date(2025, 2, 1), None)], TERMS, date(2025, 2, 28), 50 * 6),
        ([], [Hold(date(2025, 2, 1), date(2025, 2, 10))], TERMS, date(2025, 2, 28), 50 * 24),
        ([Less(DUE, 100_000), Less(date(2025, 2, 1), -100_000)], [], TERMS, date(2025, 2, 28), 50 * 28),
    ],
)
def test_the_fee_is_of_the_open_principal_by_the_day(
    less: list[Less], holds: list[Hold], terms: Params, until: date, fen: int
) -> None:
    assert total(less, holds, terms=terms, until=until) == fen


@pytest.mark.parametrize(
    "wrong", [{"daily_rate": "0"}, {"daily_rate": "0.011"}, {"grace_days": -1}, {"cap": "0"}, {"cap": "100.01"}]
)
def test_terms_no_court_would_keep_are_refused(wrong: dict[str, str]) -> None:
    values = {"daily_rate": Decimal("0.0005"), "grace_days": 0, "cap": Decimal(100)}
    given_values = {**values, **{k: int(v) if k == "grace_days" else Decimal(v) for k, v in wrong.items()}}
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Params(**given_values)  # type: ignore[arg-type]


days = st.integers(0, 120).map(lambda n: DUE + timedelta(n))
facts = st.lists(st.tuples(days, st.integers(1, 30_000)), max_size=6)
disputes = st.lists(st.tuples(days, st.integers(0, 30)), max_size=3)


@given(paid=facts, held=disputes, seed=st.integers(0, 99), cap=st.integers(1, 100))
def test_facts_in_any_order_come_to_the_same_fee(
    paid: list[tuple[date, int]], held: list[tuple[date, int]], seed: int, cap: int
) -> None:
    terms = Params(Decimal("0.0007"), 3, Decimal(cap))
    last = DUE + timedelta(120)
    less = [Less(day, fen) for day, fen in paid]
    holds = [Hold(day, day + timedelta(length)) for day, length in held]
    at_once = accrued(100_000, DUE, less, holds, terms, last)
    assert sum(e.amount_fen for e in at_once) <= 100_000 * cap // 100 + 1

    dice = random.Random(seed)
    known: list[Entry] = []
    arriving: list[Less | Hold] = [*less, *holds]
    dice.shuffle(arriving)
    seen_less: list[Less] = []
    seen_holds: list[Hold] = []
    until = DUE + timedelta(10)
    for fact in [None, *arriving]:
        if isinstance(fact, Less):
            seen_less.append(fact)
        elif isinstance(fact, Hold):
            seen_holds.append(fact)
        until = min(last, until + timedelta(dice.randint(0, 40)))
        known += to_enter(known, accrued(100_000, DUE, seen_less, seen_holds, terms, until))
    known += to_enter(known, accrued(100_000, DUE, less, holds, terms, last))
    assert sum(e.amount_fen for e in known) == sum(e.amount_fen for e in at_once)
    assert to_enter(known, at_once) == []


def test_what_a_month_was_charged_stays_when_the_next_is_computed() -> None:
    january = accrued(100_000, DUE, (), (), TERMS, date(2025, 1, 31))
    february = accrued(100_000, DUE, (), (), TERMS, date(2025, 2, 28))
    assert to_enter(january, february) == february[1:]
