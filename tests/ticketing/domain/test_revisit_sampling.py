"""Which completed tickets are followed up: C-050, C-052, AMB-086; and what vain attempts count as: AMB-088."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ticketing.domain.facts import Facts
from services.ticketing.domain.revisit_rules import Attempt, counts_from, half_days_tried, readings
from services.ticketing.domain.revisit_sampling import LOTS, draw, lot_of, nearest, seed_hash

ZONE = ZoneInfo("Asia/Shanghai")
FACTS = Facts("completed", datetime(2025, 3, 7, tzinfo=UTC))
SEED = "5eed" * 16


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2025-03-{text}").replace(tzinfo=ZONE).astimezone(UTC)


DUE = at("09 18:00:00")


def tickets(n: int, seed: int = 1) -> list[UUID]:
    random = Random(seed)
    return [UUID(int=random.getrandbits(128)) for _ in range(n)]


def test_c050_a_lot_can_be_computed_again_from_the_seed_alone() -> None:
    (ticket,) = tickets(1)
    digest = hmac.new(SEED.encode(), ticket.bytes, hashlib.sha256).digest()
    assert lot_of(SEED, ticket) == int.from_bytes(digest[:8], "big") % LOTS
    assert seed_hash(SEED) == hashlib.sha256(SEED.encode()).hexdigest()


@pytest.mark.parametrize("percent", [0, 5, 30, 75, 100])
def test_c050_the_share_drawn_is_near_the_rate(percent: int) -> None:
    drawn = sum(draw(SEED, percent, (), t, FACTS, earlier=False).sampled for t in tickets(20_000))
    # Four standard deviations of a fair draw; none and all are exact.
    slack = 4 * (20_000 * percent / 100 * (1 - percent / 100)) ** 0.5
    assert abs(drawn - 200 * percent) <= slack


def test_c050_another_seed_draws_others() -> None:
    first, second = (
        {t for t in tickets(2000) if draw(s, 30, (), t, FACTS, earlier=False).sampled} for s in (SEED, "0" * 64)
    )
    assert 0 < len(first & second) < min(len(first), len(second)) / 2


@given(st.uuids(), st.integers(0, 100), st.integers(0, 100))
def test_a_higher_rate_never_leaves_out_what_a_lower_one_draws(ticket: UUID, a: int, b: int) -> None:
    low, high = sorted((a, b))
    if draw(SEED, low, (), ticket, FACTS, earlier=False).sampled:
        assert draw(SEED, high, (), ticket, FACTS, earlier=False).sampled


def test_c050_rules_and_earlier_rounds_are_followed_up_whatever_the_lot() -> None:
    (ticket,) = tickets(1)
    plain = draw(SEED, 0, ("urgent", "reopened"), ticket, FACTS, earlier=False)
    assert (plain.sampled, plain.reason) == (False, "lot")
    for facts, reason in ((replace(FACTS, urgency="urgent"), "urgent"), (replace(FACTS, rounds=2), "reopened")):
        found = draw(SEED, 0, ("urgent", "reopened"), ticket, facts, earlier=False)
        assert (found.sampled, found.reason) == (True, reason)
        assert not draw(SEED, 0, (), ticket, facts, earlier=False).sampled
    again = draw(SEED, 0, (), ticket, FACTS, earlier=True)
    assert (again.sampled, again.reason) == (True, "earlier")


def test_c050_the_plan_nearest_to_the_community_counts() -> None:
    root, branch, city, other = tickets(4)
    assert nearest([root, branch, city], [root, branch, other]) == branch
    assert nearest([root, branch, city], [other]) is None


def vain(*times: str) -> list[Attempt]:
    return [Attempt(at(t), "no_answer") for t in times]


THREE = ("08 23:50:00", "08 23:59:59", "09 00:00:00")


@pytest.mark.parametrize(
    ("attempts", "now", "met", "excluded", "miss"),
    [
        ([], "09 18:00:00", "open", "open", "open"),
        ([], "09 18:00:01", "missed", "missed", "missed"),
        (vain(*THREE), "09 00:00:00", "met", "excluded", "open"),  # midnight turns the half-day
        (vain(*THREE), "09 18:00:01", "met", "excluded", "missed"),
        (vain("08 09:00:00", "08 10:00:00", "08 11:59:59"), "09 18:00:01", "missed", "missed", "missed"),
        (vain("08 09:00:00", "08 12:00:00", "09 18:00:01"), "09 18:00:01", "missed", "missed", "missed"),
        ([*vain(*THREE), Attempt(at("09 18:00:00"), "reached")], "09 18:00:00", "met", "met", "met"),
        ([*vain(*THREE), Attempt(at("09 18:00:01"), "reached")], "09 18:00:01", "met", "excluded", "missed"),
        ([Attempt(at("08 09:00:00"), "refused")], "08 09:00:00", "met", "met", "met"),
        ([Attempt(at("09 18:00:01"), "reached")], "09 18:00:01", "missed", "missed", "missed"),
    ],
)
def test_amb088_three_readings_of_vain_attempts(
    attempts: list[Attempt], now: str, met: str, excluded: str, miss: str
) -> None:
    found = readings(attempts, DUE, ZONE, at(now))
    assert found == {"met_after_n": met, "exclude_after_n": excluded, "miss": miss}


def test_amb088_half_days_are_the_community_s_own() -> None:
    # 23:59 and 00:01 in Shanghai are two half-days there, and one afternoon in London.
    tries = vain("08 23:59:00", "09 00:01:00")
    assert half_days_tried(tries, ZONE) == 2
    assert half_days_tried(tries, ZoneInfo("Europe/London")) == 1


@pytest.mark.parametrize(
    ("tries", "now", "when"),
    [
        (("08 09:00:00",), "08 09:05:00", None),  # two more are needed
        (("08 09:00:00", "08 10:00:00"), "08 10:05:00", "08 12:00:00"),
        (("08 13:00:00", "08 14:00:00"), "08 14:05:00", "09 00:00:00"),
        (("08 09:00:00", "08 10:00:00"), "08 15:00:00", "08 15:00:00"),
        (("08 09:00:00", "08 14:00:00"), "08 14:05:00", "08 14:05:00"),
        (("08 09:00:00", "08 10:00:00", "08 14:00:00"), "08 14:05:00", None),  # enough already
    ],
)
def test_amb088_the_list_says_from_when_one_more_try_is_enough(
    tries: tuple[str, ...], now: str, when: str | None
) -> None:
    assert counts_from(vain(*tries), ZONE, at(now)) == (None if when is None else at(when))


attempts = st.lists(
    st.builds(
        Attempt,
        at=st.integers(0, 96 * 3600).map(lambda s: DUE - timedelta(hours=48) + timedelta(seconds=s)),
        outcome=st.sampled_from(("reached", "no_answer", "refused", "wrong_number")),
    ),
    max_size=8,
)


@given(attempts)
def test_amb088_a_stricter_reading_never_counts_more(made: list[Attempt]) -> None:
    found = readings(made, DUE, ZONE, DUE + timedelta(days=3))
    assert set(found.values()) <= {"met", "missed", "excluded"}
    assert (found["exclude_after_n"] == "met") == (found["miss"] == "met")
    if found["miss"] == "met":
        assert found["met_after_n"] == "met"
    assert (found["met_after_n"] == "missed") == (found["exclude_after_n"] == "missed")
