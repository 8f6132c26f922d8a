"""Promises as of a past moment: what was on record then, and what was recorded since and changes it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.ticketing.cases import NOON, Desk, H, M, S, z
from tests.ticketing.clocks.test_policies import drain, set_policy, wall

RESPONSE = "complaint.response"


async def then(desk: Desk, ticket: dict[str, Any], moment: datetime) -> dict[str, Any]:
    """The ticket's promises as of a moment, each under its code."""
    found = await desk.register.get(f"/tickets/{ticket['id']}/clocks", as_of=z(moment))
    assert found.status_code == 200, found.text
    body: dict[str, Any] = found.json()
    assert body["as_of"] == z(moment)
    return {**body, "items": {clock["clock"]: clock for clock in body["items"]}}


async def test_a_late_record_does_not_change_what_was_believed_before_it(desk: Desk, standing: Any) -> None:
    clock = standing(NOON)
    ticket = await desk.ticket()
    clock.to(NOON + 12 * M)
    await desk.register.fire_timers()
    clock.to(NOON + 30 * M)
    late = {"occurred_at": z(NOON + 9 * M), "late_reason": "电话中断，事后补录"}
    await desk.do(ticket, "respond", **late)

    early = (await then(desk, ticket, NOON + 5 * M))["items"][RESPONSE]
    assert (early["state"], early["met_at"], early["breached_at"]) == ("running", None, None)
    believed = await then(desk, ticket, NOON + 20 * M)
    missed = believed["items"][RESPONSE]
    assert (missed["state"], missed["met_at"], missed["breached_at"]) == ("breached", None, z(NOON + 10 * M + S))
    told = [(line["action"], line["clock"], line["late_reason"]) for line in believed["learned"]]
    assert told == [
        ("respond", None, "电话中断，事后补录"),
        ("clock.breach_withdrawn", RESPONSE, None),
    ]
    assert believed["learned"][1]["met_at"] == z(NOON + 9 * M)
    now = await then(desk, ticket, NOON + 30 * M)
    assert (now["items"][RESPONSE]["state"], now["learned"]) == ("withdrawn", [])
    plain = (await desk.clocks(ticket))[RESPONSE]
    assert plain["state"] == "withdrawn"


async def test_a_due_time_that_moved_is_the_old_one_before_it_did(desk: Desk, standing: Any) -> None:
    clock = standing(NOON)
    ticket = await desk.ticket()
    clock.to(NOON + 2 * M)
    await set_policy(desk.register, desk.register.org, complaint__response=wall(minutes=8))
    await drain(desk.register)
    clock.to(NOON + 5 * M)
    assert (await desk.clocks(ticket))[RESPONSE]["due_at"] == z(NOON + 8 * M)
    before = await then(desk, ticket, NOON + M)
    assert before["items"][RESPONSE]["due_at"] == z(NOON + 10 * M)
    assert {(line["was_due_at"], line["due_at"]) for line in before["learned"] if line["clock"] == RESPONSE} >= {
        (z(NOON + 10 * M), z(NOON + 8 * M))
    }
    after = await then(desk, ticket, NOON + 4 * M)
    assert (after["items"][RESPONSE]["due_at"], after["learned"]) == (z(NOON + 8 * M), [])


async def test_what_did_not_run_yet_is_not_there_and_a_gate_is_open_until_it_is_passed(
    desk: Desk, standing: Any
) -> None:
    clock = standing(NOON)
    ticket = await desk.handled()
    clock.by(H)
    await desk.do(ticket, "sign", desk.owner(0), signer_name="张伟", method="app")
    gates = {code for code, c in (await then(desk, ticket, NOON + H))["items"].items() if c["from_at"] is None}
    open_ = (await then(desk, ticket, NOON + M))["items"]
    assert gates and {open_[gate]["state"] for gate in gates} == {"open"}
    assert (await then(desk, ticket, NOON - M))["items"].keys() == gates, "before it was told there was no promise"
    to_come = await desk.register.get(f"/tickets/{ticket['id']}/clocks", as_of=z(NOON + timedelta(days=9)))
    assert (to_come.status_code, to_come.json()["errors"][0]["path"]) == (422, "query.as_of")
