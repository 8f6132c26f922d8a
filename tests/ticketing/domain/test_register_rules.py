"""The register's rules as values: trees, powers, dates, masks."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ticketing.domain.register import RELATION_POWERS, ROLE_POWERS, is_household, on, relation_powers
from services.ticketing.domain.tree import Cycle, paths


def _id(n: int) -> UUID:
    return UUID(int=n)


def test_paths_run_from_the_root_to_the_node_itself() -> None:
    found = paths({_id(3): _id(2), _id(2): _id(1), _id(1): None, _id(4): _id(1)})
    assert found[_id(3)] == (_id(1), _id(2), _id(3))
    assert found[_id(4)] == (_id(1), _id(4))


def test_a_circle_is_named_with_everything_below_it() -> None:
    with pytest.raises(Cycle) as caught:
        paths({_id(1): None, _id(2): _id(3), _id(3): _id(2), _id(4): _id(3), _id(5): _id(1)})
    assert caught.value.members == {_id(2), _id(3), _id(4)}


@given(st.lists(st.integers(min_value=0, max_value=30), min_size=1, max_size=30))
def test_every_path_of_a_tree_is_its_parents_path_and_itself(parents: list[int]) -> None:
    links: dict[UUID, UUID | None] = {_id(0): None}
    for n, parent in enumerate(parents, 1):
        links[_id(n)] = _id(parent % n)
    found = paths(links)
    for node, parent_id in links.items():
        expected = (node,) if parent_id is None else (*found[parent_id], node)
        assert found[node] == expected


@pytest.mark.parametrize(
    ("role", "given_powers", "expected"),
    [
        ("owner", None, RELATION_POWERS),
        ("payer", None, ("sees_bills", "pays")),
        ("family", None, ("signs", "rates", "answers_surveys", "admits")),
        ("agent", None, ("sees_bills", "pays", "signs", "admits")),
        ("payer", ["rates", "pays"], ("pays", "rates")),
        ("owner", [], ()),
    ],
)
def test_powers_follow_the_role_unless_named(
    role: str, given_powers: list[str] | None, expected: tuple[str, ...]
) -> None:
    assert relation_powers(role, given_powers) == expected


def test_unknown_roles_and_powers_are_refused() -> None:
    with pytest.raises(ValueError, match="guest"):
        relation_powers("guest", None)
    with pytest.raises(ValueError, match="flies"):
        relation_powers("owner", ["flies"])
    assert all(set(powers) <= set(RELATION_POWERS) for powers in ROLE_POWERS.values())


@pytest.mark.parametrize(
    ("day", "since", "until", "holds"),
    [
        (date(2025, 3, 1), date(2025, 3, 1), None, True),
        (date(2025, 2, 28), date(2025, 3, 1), None, False),
        (date(2025, 3, 31), date(2025, 3, 1), date(2025, 3, 31), True),
        (date(2025, 4, 1), date(2025, 3, 1), date(2025, 3, 31), False),
        (date(2025, 4, 1), None, None, False),
    ],
)
def test_dated_rows_hold_on_their_first_and_last_day_rr9(
    day: date, since: date | None, until: date | None, holds: bool
) -> None:
    assert on(day, since, until) is holds


def test_only_occupied_dwellings_are_households_amb021() -> None:
    day = date(2025, 3, 10)
    assert is_household("dwelling", day, date(2025, 3, 10), None)
    assert not is_household("shop", day, date(2020, 1, 1), None)
    assert not is_household("dwelling", day, date(2025, 3, 11), None)
    assert not is_household("dwelling", day, None, None)
