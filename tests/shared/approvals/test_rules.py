"""The rules of approvals: amounts, four eyes, delegation, expiry."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.approvals import rules
from shared.approvals.errors import AlreadyInChain, NobodyToAsk, NotNow, NotReturned, NotYourTurn, OwnRequest
from shared.approvals.rules import APPROVED, PENDING, REFUSED, RETURNED, Request, Rung, chain

NOW = datetime(2025, 3, 7, 1, tzinfo=UTC)
END = NOW + timedelta(days=7)
LADDER = (Rung(("supervisor",)), Rung(("project_manager",), 500_000), Rung(("gm",), 5_000_000, strict=True))
CLERK, BOSS, MANAGER, GM = (UUID(int=n) for n in range(1, 5))


def asked(amount: int | None = 6_000_000) -> Request:
    return rules.ask(CLERK, chain(LADDER, amount), END)


@pytest.mark.parametrize(
    ("fen", "roles"),
    [
        (4_999_999, [("supervisor",), ("project_manager",)]),
        (5_000_000, [("supervisor",), ("project_manager",), ("gm",)]),
        (499_999, [("supervisor",)]),
        (500_000, [("supervisor",), ("project_manager",)]),
        (None, [("supervisor",)]),
    ],
)
def test_f061_fifty_thousand_and_above_goes_to_the_gm_the_amount_included(fen: int | None, roles: list[object]) -> None:
    # AMB-007, D-001
    assert [step.roles for step in chain(LADDER, fen)] == roles


def test_a_chain_without_anybody_is_refused() -> None:
    with pytest.raises(NobodyToAsk):
        chain((Rung(("gm",), 5_000_000),), 100)


def test_the_nearest_org_unit_with_a_ladder_decides() -> None:
    root, branch, region = uuid4(), uuid4(), uuid4()
    own = {root: LADDER[:1], branch: LADDER[1:]}
    assert rules.nearest(own, [root, branch, region], LADDER) == LADDER[1:]
    assert rules.nearest(own, [root, region], LADDER) == LADDER[:1]
    assert rules.nearest({}, [root], LADDER) == LADDER


def test_each_step_in_its_turn_and_then_it_is_approved() -> None:
    one = rules.approve(asked(), BOSS, {"supervisor"}, NOW)
    assert (one.state, one.step) == (PENDING, 1)
    two = rules.approve(one, MANAGER, {"project_manager"}, NOW)
    done = rules.approve(two, GM, {"gm"}, NOW)
    assert done.state == APPROVED and done.involved == {CLERK, BOSS, MANAGER, GM}
    with pytest.raises(NotNow):
        rules.refuse(done, GM, {"gm"}, NOW)


def test_nobody_decides_about_their_own_whatever_their_role() -> None:
    for act in (rules.approve, rules.refuse, rules.send_back):
        with pytest.raises(OwnRequest):
            act(asked(), CLERK, {"supervisor", "gm"}, NOW)
    with pytest.raises(OwnRequest):
        rules.delegate(asked(), CLERK, {"supervisor"}, BOSS, NOW)


def test_two_steps_are_two_persons() -> None:
    one = rules.approve(asked(), BOSS, {"supervisor", "project_manager"}, NOW)
    with pytest.raises(NotYourTurn):
        rules.approve(one, BOSS, {"supervisor", "project_manager"}, NOW)


@pytest.mark.parametrize("roles", [set(), {"clerk"}, {"gm"}, {"project_manager"}])
def test_another_role_does_not_decide_this_step(roles: set[str]) -> None:
    with pytest.raises(NotYourTurn):
        rules.approve(asked(), GM, roles, NOW)


def test_a_delegate_decides_and_nobody_else() -> None:
    given_on = rules.delegate(asked(), BOSS, {"supervisor"}, MANAGER, NOW)
    with pytest.raises(NotYourTurn):
        rules.approve(given_on, BOSS, {"supervisor"}, NOW)
    assert rules.approve(given_on, MANAGER, set(), NOW).step == 1


def test_nothing_is_delegated_to_somebody_in_the_chain() -> None:
    one = rules.approve(asked(), BOSS, {"supervisor"}, NOW)
    for to in (CLERK, BOSS, MANAGER):
        with pytest.raises(AlreadyInChain):
            rules.delegate(one, MANAGER, {"project_manager"}, to, NOW)
    two = rules.delegate(one, MANAGER, {"project_manager"}, GM, NOW)
    with pytest.raises(AlreadyInChain):  # no circle either
        rules.delegate(two, GM, set(), MANAGER, NOW)


def test_d083_a_lower_role_never_decides_the_gms_step_even_by_delegation() -> None:
    one = rules.approve(asked(), BOSS, {"supervisor"}, NOW)
    two = rules.approve(one, MANAGER, {"project_manager"}, NOW)
    deputy = uuid4()
    given_on = rules.delegate(two, GM, {"gm"}, deputy, NOW)
    with pytest.raises(NotYourTurn):
        rules.approve(given_on, deputy, {"project_manager"}, NOW)
    assert rules.approve(given_on, deputy, {"gm"}, NOW).state == APPROVED


def test_what_was_given_back_begins_anew() -> None:
    one = rules.approve(asked(), BOSS, {"supervisor"}, NOW)
    back = rules.send_back(one, MANAGER, {"project_manager"}, NOW)
    assert back.state == RETURNED
    with pytest.raises(NotYourTurn):
        rules.resubmit(back, BOSS, chain(LADDER, 100), NOW, END)
    again = rules.resubmit(back, CLERK, chain(LADDER, 100), NOW, END + timedelta(days=1))
    assert (again.state, again.step, len(again.steps)) == (PENDING, 0, 1)
    with pytest.raises(NotReturned):
        rules.resubmit(again, CLERK, chain(LADDER, 100), NOW, END)


def test_after_its_time_a_request_is_not_decided_any_more() -> None:
    with pytest.raises(NotNow):
        rules.approve(asked(), BOSS, {"supervisor"}, END)
    assert rules.expire(asked(), END - timedelta(seconds=1)) is None
    expired = rules.expire(asked(), END)
    assert expired is not None and expired.state == "expired"
    assert rules.expire(rules.refuse(asked(), BOSS, {"supervisor"}, NOW), END) is None


def test_only_who_asked_takes_it_back() -> None:
    with pytest.raises(NotYourTurn):
        rules.withdraw(asked(), BOSS, NOW)
    with pytest.raises(NotNow):
        rules.withdraw(rules.withdraw(asked(), CLERK, NOW), CLERK, NOW)


PEOPLE = [UUID(int=n) for n in range(1, 7)]
ROLES = ["supervisor", "project_manager", "gm", "clerk"]
ACTS = st.tuples(
    st.sampled_from(["approve", "refuse", "return", "delegate"]),
    st.sampled_from(PEOPLE),
    st.sets(st.sampled_from(ROLES), min_size=1),
    st.sampled_from(PEOPLE),
)


@given(st.integers(0, 10_000_000), st.lists(ACTS, max_size=40))
def test_whatever_is_tried_every_step_has_a_decider_of_its_own_and_the_gm_the_last(
    fen: int, acts: list[tuple[str, UUID, set[str], UUID]]
) -> None:
    request = asked(fen)
    last_roles: set[str] = set()
    for act, actor, roles, to in acts:
        try:
            if act == "approve":
                request, last_roles = rules.approve(request, actor, roles, NOW), roles
            elif act == "refuse":
                request = rules.refuse(request, actor, roles, NOW)
            elif act == "return":
                request = rules.send_back(request, actor, roles, NOW)
            else:
                request = rules.delegate(request, actor, roles, to, NOW)
        except (OwnRequest, NotYourTurn, NotNow, AlreadyInChain):
            continue
    if request.state == APPROVED:
        deciders = [step.decided_by for step in request.steps]
        assert None not in deciders and len(set(deciders)) == len(deciders) and CLERK not in deciders
        assert fen < 5_000_000 or "gm" in last_roles
    assert request.state in (PENDING, RETURNED, APPROVED, REFUSED)
