"""Every kind over its own examples, and what every kind must be."""

from __future__ import annotations

import dataclasses

import pytest
from pydantic import TypeAdapter

from services.ticketing.domain.action_names import ACTIONS
from services.ticketing.domain.commands import _EFFECTS
from services.ticketing.domain.kind import TicketKind, clock_specs, kinds
from tests.ticketing.domain.play import play

EXAMPLES = [
    pytest.param(kind, example, id=f"{kind.code}: {example.name}")
    for kind in kinds().values()
    for example in kind.examples
]


@pytest.mark.parametrize(("kind", "example"), EXAMPLES)
def test_an_example_ends_as_its_kind_says(kind: TicketKind, example) -> None:
    case = play(kind, example)
    assert case.states() == dict(example.clocks)
    assert case.facts.state == example.state
    TypeAdapter(kind.fields).validate_python(dict(example.fields))


@pytest.mark.parametrize("kind", kinds().values(), ids=lambda k: k.code)
def test_a_kind_is_whole(kind: TicketKind) -> None:
    states = {s.code for s in kind.states}
    assert kind.examples, "a kind proves itself by examples"
    assert dataclasses.is_dataclass(kind.fields)
    assert kind.zh and kind.en and all(s.zh and s.en for s in kind.states)
    for action, moves in kind.moves.items():
        assert kind.deed(action) or (action in ACTIONS and action in _EFFECTS)
        assert set(moves) | set(moves.values()) <= states
    reachable, frontier = {kind.first}, [kind.first]
    while frontier:
        state = frontier.pop()
        for moves in kind.moves.values():
            after = moves.get(state)
            if after is not None and after not in reachable:
                reachable.add(after)
                frontier.append(after)
    assert reachable == states, "every state can be reached"


def test_prefixes_tell_kinds_apart() -> None:
    prefixes = [k.prefix for k in kinds().values()]
    assert len(prefixes) == len(set(prefixes))
    assert kinds()["repair"].prefix == "R" and kinds()["complaint"].prefix == "C"


def test_clocks_name_their_rows_in_two_languages() -> None:
    rows = {code: spec.row for code, spec in clock_specs().items()}
    assert rows["complaint.response"] == "B-007"
    assert rows["complaint.onsite.urgent"] == "B-008"
    assert rows["complaint.plan"] == "B-009"
    assert rows["complaint.complex.deadline"] == "B-010"
    assert rows["revisit.48h"] == "B-013"
    assert kinds()["complaint"].gates[0].row == "B-011"
    assert all(s.zh and s.en for s in clock_specs().values())


def test_a_complaint_never_closes_by_itself_and_only_by_signature() -> None:  # B-011, AMB-105, D-085
    complaint = kinds()["complaint"]
    assert complaint.auto_close is None
    into_closed = {a for a, moves in complaint.moves.items() for s, t in moves.items() if t == "closed" != s}
    assert into_closed == {"sign", "decide-unsigned"}  # the second is the general manager's alone
