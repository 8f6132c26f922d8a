"""The demo's plan: pure, so its sums are proven without a stack, for the default seed and for others."""

from datetime import date, timedelta

import pytest

from deploy.demo.making.calendar import CHECKS, LAST_DAY, RUNS
from deploy.demo.making.homes import bill, quarter
from deploy.demo.making.payments import settled
from deploy.demo.making.score import Figures, sections, shown
from deploy.demo.making.targets import DEFAULT_SEED
from deploy.demo.making.tickets import ONSITE, PLAN, RESPONSE
from deploy.demo.plan import Plan, make_plan

SEEDS = (DEFAULT_SEED, 1, 2, 7, 99)


@pytest.fixture(scope="module", params=SEEDS)
def plan(request: pytest.FixtureRequest) -> Plan:
    return make_plan(request.param)


@pytest.fixture(scope="module")
def default() -> Plan:
    return make_plan(DEFAULT_SEED)


def test_default_quarter_is_worked_examples_f048_to_f052(default: Plan) -> None:
    figures = default.figures
    assert (figures.billed, figures.settled) == (125_000_000, 109_250_000)
    assert (figures.complaints, figures.late, figures.rated, figures.satisfied) == (40, 2, 40, 33)
    assert (figures.files, figures.complete, figures.up_to_date) == (2000, 1944, 1930)
    assert (figures.households, figures.answers, figures.marks) == (1600, 1248, 834_662)
    assert len(default.repairs) >= 200
    assert default.expected == {
        "complaints": "12.50",
        "archives": "15.40",
        "survey": "12.20",
        "collection": "17.20",
    }
    assert default.expected_total == "57.30"


def test_every_seed_adds_up_to_its_targets_exactly(plan: Plan) -> None:
    figures, targets = plan.figures, plan.targets
    assert (figures.billed, figures.settled) == (targets.billed, targets.collected)
    assert (figures.complaints, figures.late, figures.satisfied) == (
        targets.complaints, targets.late, targets.satisfied,
    )  # fmt: skip
    assert (figures.complete, figures.up_to_date) == (targets.complete, targets.up_to_date)
    assert (figures.households, figures.answers, figures.marks) == (
        targets.occupied, targets.answers, targets.marks,
    )  # fmt: skip
    assert figures.mark_count == 8 * figures.answers


def test_same_seed_same_plan_other_seed_other_figures() -> None:
    assert make_plan(7) == make_plan(7)
    assert make_plan(7).figures != make_plan(8).figures


def test_months_differ_because_standard_changes_in_february(plan: Plan) -> None:
    first, second = (sum(bill(home.area, rate) for home in plan.homes) for rate in plan.targets.rates)
    assert first < second
    assert first + 2 * second == plan.billed


def test_settled_money_follows_from_a_ledger_played_payment_by_payment(plan: Plan) -> None:
    """Oldest bill first, the rest kept as credit for the next bill: played month by month instead of in one
    sum."""
    total = 0
    for home in plan.homes:
        open_bills: list[int] = []
        credit = counted = 0
        timeline = [(day, 0, bill(home.area, plan.targets.rates[min(n, 1)])) for n, day in enumerate(RUNS)]
        timeline += [(p.value_date, 1, p.amount) for p in plan.payments if p.home == home.index]
        for day, kind, amount in sorted(timeline):
            if kind == 0:
                open_bills.append(amount)
            else:
                credit += amount
            while open_bills and credit:
                used = min(open_bills[0], credit)
                credit -= used
                open_bills[0] -= used
                if day <= LAST_DAY:
                    counted += used
                if not open_bills[0]:
                    open_bills.pop(0)
        total += counted
    assert total == plan.settled


def test_overpayments_and_late_payments_stand_beside_the_figure(plan: Plan) -> None:
    paid_in_time = sum(p.amount for p in plan.payments if p.value_date <= LAST_DAY)
    assert paid_in_time > plan.settled
    assert any(p.value_date > LAST_DAY for p in plan.payments)
    assert any(p.value_date == LAST_DAY for p in plan.payments)


def test_payment_beyond_the_bills_settles_no_more_than_them() -> None:
    assert settled(100, 250) == 100
    assert settled(250, 100) == 100


def test_late_complaints_each_miss_one_clock_and_the_others_none(plan: Plan) -> None:
    """B-007, B-008, B-009: recomputed from the moments, with the boundary second inside (F-055)."""
    missed = {}
    for case in plan.complaints:
        at = {moment.what: moment.occurred_at for moment in case.moments}
        received = at["create"]
        clocks = {
            RESPONSE: at["respond"] - received > timedelta(minutes=10),
            PLAN: at["plan"] - received > timedelta(hours=24),
            ONSITE: case.urgent and at["arrive"] - received > timedelta(minutes=30),
        }
        late = [clock for clock, is_late in clocks.items() if is_late]
        deadline = next((m.fields["deadline"] for m in case.moments if m.what == "set-deadline"), None)
        if deadline is not None and at["complete"] > deadline:
            late.append("complaint.complex.deadline")
        if late:
            missed[case.key] = late
    assert missed == {case.key: [case.late] for case in plan.complaints if case.late}


def test_one_complaint_is_answered_on_the_last_second(plan: Plan) -> None:
    assert any(
        m.what == "respond" and m.occurred_at - case.moments[0].occurred_at == timedelta(minutes=10)
        for case in plan.complaints
        for m in case.moments
    )


def test_nothing_is_told_before_it_happened_or_much_after_without_a_reason(plan: Plan) -> None:
    for case in (*plan.complaints, *plan.repairs):
        for moment in case.moments:
            assert moment.occurred_at <= moment.at
            if "late_reason" not in moment.fields:
                assert moment.at - moment.occurred_at <= timedelta(minutes=15)
        assert [m.occurred_at for m in case.moments] == sorted(m.occurred_at for m in case.moments)


def test_stops_are_few_and_in_order(plan: Plan) -> None:
    assert list(plan.stops) == sorted(set(plan.stops))
    assert 40 <= len(plan.stops) <= 100


def test_last_check_is_inside_the_quarter() -> None:
    assert date(2025, 1, 1) <= CHECKS[-1] <= LAST_DAY


def test_sections_round_half_up_and_never_go_below_nothing() -> None:
    figures = Figures(
        billed=100, settled=0, complaints=9, late=9, rated=9, satisfied=0, files=10, complete=0, up_to_date=0,
        households=10, answers=1, marks=8, mark_count=8,
    )  # fmt: skip
    assert set(sections(figures).values()) == {0}
    assert shown(5) == "0.05"


def test_areas_are_those_of_real_flats(plan: Plan) -> None:
    assert all(3000 <= home.area <= 20000 for home in plan.homes)
    assert len({home.number for home in plan.homes}) == len(plan.homes)
    assert max(quarter(home.area, plan.targets.rates) for home in plan.homes) < 200_000
