"""No transition outside a kind's table can be reached through the API, one command after the other or all at once."""

from __future__ import annotations

import asyncio

import pytest

from services.ticketing.domain.kind import TicketKind, kinds
from tests.ticketing.cases import Desk
from tests.ticketing.kinds.walk import NEEDS_MORE, actions, brought_to, do, ways

#: One kind for each graph there is: what shares graph, deeds and actors behaves alike.
GRAPHS = {(repr(k.moves), tuple(d.code for d in k.deeds)): k for k in reversed(kinds().values())}
KINDS = pytest.mark.parametrize("kind", GRAPHS.values(), ids=lambda k: k.code)


@KINDS
async def test_every_action_in_every_state_does_what_the_table_says(everything: Desk, kind: TicketKind) -> None:
    desk = everything
    for state, way in ways(kind).items():
        ticket = await brought_to(desk, kind, way)
        assert ticket["state"] == state
        for action in actions(kind):
            after = kind.moves.get(action, {}).get(state)
            if after is None:
                answer = await do(desk, kind, ticket["id"], action)
                assert (answer.status_code, answer.json()["code"]) == (409, "ticketing.ticket.not_now"), (
                    state,
                    action,
                    answer.text,
                )
                assert "{" not in answer.json()["detail"]
            elif after == state and action not in NEEDS_MORE:
                # Told again, or by the wrong one: refused for its own reason, and the state stays.
                answer = await do(desk, kind, ticket["id"], action)
                assert answer.status_code in (200, 409, 422), (state, action, answer.text)
        found = (await desk.register.get(f"/tickets/{ticket['id']}")).json()
        assert found["state"] == state
        assert set(found["actions"]) == {
            a for a in kind.moves if state in kind.moves[a] and a not in ("close", "refuse-signature")
        }


@KINDS
async def test_commands_at_the_same_time_follow_the_table_one_after_the_other(
    everything: Desk, kind: TicketKind
) -> None:
    desk = everything
    ticket = await desk.ticket(kind.code, fields=(await brought_to(desk, kind, []))["fields"])
    rush = [a for a in actions(kind) if a not in NEEDS_MORE and a not in ("pause", "rate")]
    answers = await asyncio.gather(*(do(desk, kind, ticket["id"], a) for a in (*rush, *rush)))
    assert {a.status_code for a in answers} <= {200, 403, 409, 422}, [a.text for a in answers if a.status_code > 422]
    state, entries = kind.first, await desk.entries(ticket)
    for entry in entries:
        action = entry["action"]
        if action == "create" or action.startswith("clock."):
            assert entry["state"] == state
            continue
        state = kind.moves[action][state]  # a KeyError is a transition outside the table
        assert entry["state"] == state
    found = (await desk.register.get(f"/tickets/{ticket['id']}")).json()
    assert found["state"] == state
    assert found["version"] == 1 + sum(a.status_code == 200 for a in answers), "no command was lost"
