"""Dunning, pure: windows, when the packet may go, contact hours, limitation, instalments, who counts as dunned."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.billing.domain import dunning_contacts as contacts
from services.billing.domain import instalments
from services.billing.domain.dunning import (
    DEMAND,
    LEGAL,
    Debt,
    Policy,
    demand_by,
    due_from,
    month_windows,
    packet_deadline,
    steps_of,
    still_owed,
)
from services.billing.domain.dunning_contacts import Month, counts_as_debtor, counts_as_dunned, limitation_ends
from shared.periods import Period

SHANGHAI = ZoneInfo("Asia/Shanghai")


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize("month", ["2025-01", "2025-02", "2024-02", "2025-12"], ids=lambda m: f"AMB-026 {m}")
def test_a_month_is_1_to_10_11_to_20_21_to_its_last_day(month: str) -> None:
    """AMB-026, B-067, B-068, B-069, C-056, C-057, C-058."""
    period = Period.parse(month)
    windows = month_windows(period, Policy())
    assert [(w.kind, w.first.day, w.last.day) for w in windows[:2]] == [("sms", 1, 10), ("call", 11, 20)]
    assert (windows[2].kind, windows[2].first.day) == ("visit", 21)
    assert windows[2].last + timedelta(days=1) == period.end
    assert all(a.last < b.first for a, b in pairwise(windows))


def test_windows_are_parameters() -> None:
    windows = month_windows(Period.parse("2025-03"), Policy(sms_to=5, call_from=8, call_to=15, visit_from=25))
    assert [(w.first.day, w.last.day) for w in windows] == [(1, 5), (8, 15), (25, 31)]


@pytest.mark.parametrize(
    "policy",
    [
        Policy(sms_to=12),
        Policy(call_from=10),
        Policy(visit_from=29),
        Policy(hour_from=20, hour_to=8),
        Policy(demand_days=0),
    ],
)
def test_parameters_that_contradict_each_other_are_named(policy: Policy) -> None:
    assert Policy().faults() == {}
    assert policy.faults()


@pytest.mark.parametrize(
    ("due", "begins", "deadline"),
    [
        ("2025-01-31", "2025-05-01", "2025-05-31"),
        ("2025-01-25", "2025-04-26", "2025-04-30"),
        ("2024-11-29", "2025-02-28", "2025-02-28"),
        ("2024-11-30", "2025-03-01", "2025-03-31"),
        ("2024-09-30", "2025-01-01", "2025-01-31"),
    ],
)
def test_f086_three_full_months_from_the_day_after(due: str, begins: str, deadline: str) -> None:
    """F-086, AMB-027, B-071: the packet may go from, and must have gone by the end of that month."""
    assert due_from(day(due)) == day(begins)
    assert packet_deadline(day(due)) == day(deadline)


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(1, 60))
def test_a_demand_served_by_its_day_has_run_out_when_the_packet_may_go(due: date, term: int) -> None:
    policy = Policy(demand_days=term)
    assert demand_by(due, policy) + timedelta(days=term) < due_from(due)


def kinds(month: str, debt: Debt) -> list[str]:
    return [window.kind for window in steps_of(Period.parse(month), Policy(), debt)]


def test_demand_and_packet_come_when_they_are_due_and_stay_until_they_are_there() -> None:
    """B-075: the written demand has its window; B-071 the packet from its first day."""
    debt = Debt(100, 1, day("2025-01-31"))
    three = ["sms", "call", "visit"]
    assert kinds("2025-03", debt) == three
    assert kinds("2025-04", debt) == [*three, DEMAND]
    april = steps_of(Period.parse("2025-04"), Policy(), debt)[3]
    assert (april.first, april.last) == (day("2025-04-01"), day("2025-04-15"))
    assert kinds("2025-05", debt) == [*three, DEMAND, LEGAL]
    assert kinds("2025-07", Debt(100, 1, day("2025-01-31"), demand_served=True)) == [*three, LEGAL]
    assert kinds("2025-07", Debt(100, 1, day("2025-01-31"), packet_submitted=True)) == three
    assert not still_owed(LEGAL, day("2025-05-31"), day("2025-03-25"), Policy())
    assert still_owed("call", day("2025-05-20"), day("2025-03-25"), Policy())


@pytest.mark.parametrize(
    ("at", "allowed", "following"),
    [
        ("2025-03-07T07:59:59+08:00", False, "2025-03-07T08:00:00+08:00"),
        ("2025-03-07T08:00:00+08:00", True, "2025-03-07T08:00:00+08:00"),
        ("2025-03-07T19:59:59+08:00", True, "2025-03-07T19:59:59+08:00"),
        ("2025-03-07T20:00:00+08:00", False, "2025-03-08T08:00:00+08:00"),
        ("2025-02-28T23:30:00+08:00", False, "2025-03-01T08:00:00+08:00"),
    ],
)
def test_contact_hours_are_local(at: str, allowed: bool, following: str) -> None:
    instant = datetime.fromisoformat(at).astimezone(UTC)
    assert contacts.within_hours(instant, SHANGHAI, Policy()) is allowed
    assert contacts.next_hour(instant, SHANGHAI, Policy()) == datetime.fromisoformat(following)


def test_attempts_in_vain_do_the_step_after_so_many() -> None:
    """C-059: a contact does it, or enough recorded attempts."""
    policy = Policy(unreachable_after=3)
    assert contacts.completes("refused", 0, policy)
    assert [contacts.completes("no_answer", n, policy) for n in (0, 1, 2)] == [False, False, True]


def test_the_exact_end_of_the_window_is_late() -> None:
    """B-073: no lateness."""
    end = datetime(2025, 3, 20, 16, tzinfo=UTC)
    assert contacts.on_time(end - timedelta(microseconds=1), end)
    assert not contacts.on_time(end, end)


@pytest.mark.parametrize(
    ("interruptions", "ends"),
    [
        ([], "2028-01-31"),
        (["2025-04-10"], "2028-04-10"),
        (["2027-12-31", "2025-04-10"], "2030-12-31"),
        (["2024-12-01"], "2028-01-31"),
        (["2028-02-01"], "2028-01-31"),
        (["2028-01-31"], "2031-01-31"),
        (["2028-01-31", "2031-02-01"], "2031-01-31"),
    ],
)
def test_limitation_begins_anew_with_each_interruption_before_it_is_over(interruptions: list[str], ends: str) -> None:
    assert limitation_ends(day("2025-01-31"), [day(text) for text in interruptions]) == day(ends)
    assert limitation_ends(day("2024-02-29"), []) == day("2027-02-28")


@given(st.integers(2, 10**9), st.integers(2, 24), st.dates(date(2024, 1, 1), date(2026, 12, 31)))
def test_instalments_add_up_to_the_fen_and_differ_by_one_at_most(total: int, count: int, first: date) -> None:
    if count > total:
        with pytest.raises(ValueError, match="at least two parts"):
            instalments.split(total, count, first)
        return
    parts = instalments.split(total, count, first)
    assert sum(part.amount_fen for part in parts) == total == instalments.owed_by(parts, parts[-1].due_on)
    assert max(p.amount_fen for p in parts) - min(p.amount_fen for p in parts) <= 1
    assert all(a.due_on < b.due_on for a, b in pairwise(parts))
    assert instalments.next_due(parts, first) == parts[1].due_on
    assert instalments.next_due(parts, parts[-1].due_on) is None


def test_who_counts_as_dunned() -> None:
    """AMB-060: households, not amounts; AMB-117: suspended counts with the contact; C-059."""
    none = Month(done=False, missed=True, suspended=False, all_cancelled=False, contact=False)
    assert counts_as_debtor(none) and not counts_as_dunned(none)
    assert counts_as_dunned(Month(True, False, False, False, False))
    assert counts_as_dunned(Month(False, False, True, False, True))
    assert not counts_as_dunned(Month(False, False, True, False, False))
    paid = Month(False, False, False, True, True)
    assert not counts_as_debtor(paid) and not counts_as_dunned(paid)


def test_amb117_the_packet_is_held_by_instalments_alone() -> None:
    assert contacts.suspends("dispute", "call") and contacts.suspends("promise", "visit")
    assert not contacts.suspends("dispute", LEGAL) and not contacts.suspends("promise", DEMAND)
    assert contacts.suspends("instalment", LEGAL)
