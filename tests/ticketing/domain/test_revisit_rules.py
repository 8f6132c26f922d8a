"""When a follow-up call counts as made: B-013, F-083, AMB-087, AMB-088."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ticketing.domain.revisit_rules import OUTCOMES, Attempt, half_day, kept_at, standing

ZONE = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2025-03-{text}").replace(tzinfo=ZONE).astimezone(UTC)


DUE = at("09 18:00:00")  # handled on Friday 7 March, 18:00:00 (F-083)


def vain(*times: str) -> list[Attempt]:
    return [Attempt(at(t), "no_answer") for t in times]


@pytest.mark.parametrize(
    ("attempts", "state", "on_time"),
    [
        ([], "due", None),
        ([Attempt(at("09 18:00:00"), "reached", 90)], "reached", True),
        ([Attempt(at("09 18:00:01"), "reached", 90)], "reached", False),
        ([Attempt(at("08 10:00:00"), "refused")], "refused", True),
        (vain("08 09:00:00", "08 10:00:00", "08 11:59:59"), "due", None),  # one half-day only
        (vain("08 09:00:00", "08 10:00:00", "08 12:00:00"), "no_answer", True),  # noon begins the second
        (vain("08 09:00:00", "08 14:00:00"), "due", None),  # two attempts
        (vain("08 09:00:00", "08 14:00:00", "09 18:00:00"), "no_answer", True),
        (vain("08 09:00:00", "08 14:00:00", "09 18:00:01"), "no_answer", False),
        (
            [*vain("08 09:00:00", "08 14:00:00"), Attempt(at("09 09:00:00"), "wrong_number")],
            "no_answer",
            True,
        ),
        # reached after the limit, but three attempts had kept the promise before it
        (
            [*vain("08 09:00:00", "08 14:00:00", "09 09:00:00"), Attempt(at("10 09:00:00"), "reached", 60)],
            "reached",
            True,
        ),
        ([*vain("08 09:00:00", "08 14:00:00"), Attempt(at("10 09:00:00"), "reached", 60)], "reached", False),
    ],
)
def test_amb088_three_vain_attempts_on_two_half_days_count(attempts, state, on_time) -> None:
    found = standing(attempts, DUE, ZONE)
    assert (found.state, found.on_time) == (state, on_time)


def test_the_half_day_turns_at_local_noon_and_midnight() -> None:
    assert half_day(at("08 11:59:59"), ZONE) != half_day(at("08 12:00:00"), ZONE)
    assert half_day(at("08 23:59:59"), ZONE) != half_day(at("09 00:00:00"), ZONE)
    assert half_day(at("08 00:00:00"), ZONE) == half_day(at("08 11:00:00"), ZONE)


attempts = st.lists(
    st.builds(
        Attempt,
        at=st.integers(0, 96 * 3600).map(lambda s: DUE - timedelta(hours=48) + timedelta(seconds=s)),
        outcome=st.sampled_from(OUTCOMES),
    ),
    max_size=8,
)


@given(attempts, st.randoms())
def test_the_order_of_recording_does_not_matter(made, random) -> None:
    shuffled = list(made)
    random.shuffle(shuffled)
    a, b = standing(made, DUE, ZONE), standing(shuffled, DUE, ZONE)
    assert (a.state, a.done_at, a.on_time) == (b.state, b.done_at, b.on_time)


@given(attempts, st.integers(0, 7))
def test_one_more_attempt_never_makes_it_late(made, n) -> None:
    less = made[:n]
    if standing(less, DUE, ZONE).on_time:
        assert standing(made, DUE, ZONE).on_time
    kept = kept_at(made, ZONE)
    assert (kept is None) == (standing(made, DUE, ZONE).state == "due")
