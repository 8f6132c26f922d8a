"""Whose turn it is, and what may happen to an order (C-011)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ticketing.domain.duties import SKILLS
from services.ticketing.domain.order_errors import NotYourOrder, OrderNotNow
from services.ticketing.domain.orders import (
    SKILL_OF,
    STATES,
    Candidate,
    explained,
    forbid_strangers,
    in_turn,
    next_state,
    skill_for,
)

NINE = datetime(2025, 3, 7, 1, tzinfo=UTC)
A, B, C, D = (UUID(int=n) for n in range(1, 5))


def test_c011_fewest_open_orders_then_longest_wait_then_never_asked_before_all() -> None:
    busy = Candidate(A, 2, NINE)
    waited = Candidate(B, 1, NINE - timedelta(hours=3))
    fresh = Candidate(C, 1, NINE)
    new = Candidate(D, 1, None)
    assert [c.person_id for c in in_turn([busy, fresh, waited, new])] == [D, B, C, A]
    barred = [Candidate(A, 0, None, "skill"), Candidate(B, 0, None, "refused"), Candidate(C, 0, None, "handed_over")]
    assert in_turn(barred) == []
    assert [one["why"] for one in explained([*barred, new], D)] == ["chosen", "skill", "refused", "handed_over"]
    assert explained([fresh, waited], B)[1] == {
        "person_id": str(C),
        "open": 1,
        "last_at": "2025-03-07T01:00:00Z",
        "why": "later_turn",
    }


@given(
    st.lists(
        st.builds(
            Candidate,
            st.uuids(),
            st.integers(0, 3),
            st.none() | st.integers(0, 5).map(lambda h: NINE + timedelta(hours=h)),
            st.none() | st.just("skill"),
        ),
        unique_by=lambda c: c.person_id,
    )
)
def test_c011_the_same_candidates_are_always_in_the_same_order(found: list[Candidate]) -> None:
    turn = in_turn(found)
    assert turn == in_turn(list(reversed(found)))
    assert all(one.open <= two.open for one, two in zip(turn, turn[1:], strict=False))
    assert len(explained(found, None)) == len(found)


@pytest.mark.parametrize("state", sorted(STATES))
@pytest.mark.parametrize(
    ("action", "possible", "after"),
    [
        ("grab", {"pooled"}, "accepted"),
        ("accept", {"offered"}, "accepted"),
        ("refuse", {"offered"}, "refused"),
        ("transfer", {"offered", "accepted"}, "transferred"),
    ],
)
def test_c011_an_order_moves_only_as_it_may(state: str, action: str, possible: set[str], after: str) -> None:
    if state in possible:
        assert next_state(state, action) == after
    else:
        with pytest.raises(OrderNotNow) as refused:
            next_state(state, action)
        assert STATES[state][0] in refused.value.sentence("zh")


def test_an_order_is_its_engineers_or_theirs_who_give_orders_out() -> None:
    forbid_strangers(A, A, leads=False)
    forbid_strangers(A, B, leads=True)
    for engineer in (B, None):
        with pytest.raises(NotYourOrder):
            forbid_strangers(A, engineer, leads=False)


def test_skills_are_those_of_the_staff_register() -> None:
    assert set(SKILL_OF.values()) <= set(SKILLS)
    assert skill_for({"category": "drainage"}) == "water" and skill_for({}) is None
