"""Who hears of a promise before it breaks, at its breach and long after; what the night holds; steps; receipts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.ticketing.cases import NOON, Desk, H, M, S, z
from tests.ticketing.clocks.test_policies import drain, set_policy, wall


async def warnings(desk: Desk, code: str) -> list[tuple[int, timedelta, int]]:
    """(percent, when told after noon, level) of a clock's warnings."""
    found = [e for e in await desk.register.events("clock.warned.v1") if e["data"]["clock"] == code]
    return [(e["data"]["percent"], e["occurred_at"] - NOON, e["data"]["level"]) for e in found]


async def test_b007_g024_half_and_eighty_percent_then_the_breach_then_half_as_much_again(
    desk: Desk, standing: Any
) -> None:
    clock = standing(NOON)
    ticket = await desk.ticket()
    await desk.do(ticket, "dispatch", assignee_id=str(desk.engineer))
    clock.by(H)
    await desk.register.fire_timers()
    assert await warnings(desk, "complaint.response") == [(50, 5 * M, 1), (80, 8 * M, 1), (150, 15 * M, 3)]
    first, *_, last = [
        e["data"] for e in await desk.register.events("clock.warned.v1") if e["data"]["clock"] == "complaint.response"
    ]
    assert (first["assignee_id"], first["role"]) == (str(desk.engineer), "clerk")
    assert first["org_units"] == [str(desk.register.org)] and last["role"] == "project_manager"
    (breach,) = await desk.register.events("clock.breached.v1")
    assert breach["occurred_at"] == NOON + 10 * M + S  # an event of its own second
    assert (breach["data"]["level"], breach["data"]["role"]) == (2, "supervisor")
    assert (await desk.clocks(ticket))["complaint.response"]["warned_percent"] == 150
    assert "complaint.response" not in await desk.timers()


async def test_a_warning_makes_nobody_s_update_a_lost_one(desk: Desk, standing: Any) -> None:
    clock = standing(NOON)
    ticket = await desk.ticket()
    clock.by(6 * M)
    await desk.register.fire_timers()
    assert await warnings(desk, "complaint.response") == [(50, 5 * M, 1)]
    await desk.do(ticket, "respond", {**desk.staff(), "If-Match": '"1"'})
    seqs = [e["seq"] for e in await desk.register.events() if str(e["subject"]) == ticket["id"]]
    assert seqs == sorted(seqs)


async def test_nobody_is_warned_of_what_was_done(desk: Desk, standing: Any) -> None:
    clock = standing(NOON)
    ticket = await desk.ticket()
    clock.by(4 * M)
    await desk.do(ticket, "respond")
    clock.by(H)
    await desk.register.fire_timers()
    assert await warnings(desk, "complaint.response") == []
    missed = await desk.ticket()
    clock.by(11 * M)
    await desk.register.fire_timers()
    await desk.do(missed, "cancel", desk.owner())
    clock.by(H)
    await desk.register.fire_timers()
    assert 150 not in [percent for percent, _, _ in await warnings(desk, "complaint.response")]


async def test_at_night_long_clocks_wait_for_the_morning_and_short_ones_do_not(desk: Desk, standing: Any) -> None:
    evening = NOON + 5 * H  # 14:00 local: half of 24 hours is 02:00, eighty percent 09:12
    clock = standing(evening)
    await desk.ticket()
    clock.to(NOON + 22 * H)  # 07:00 the next morning
    await desk.register.fire_timers()
    assert await warnings(desk, "complaint.plan") == []
    clock.to(NOON + 24 * H)
    await desk.register.fire_timers()
    assert await warnings(desk, "complaint.plan") == [(50, 23 * H, 1)]  # 08:00
    (event,) = [e for e in await desk.register.events("clock.warned.v1") if e["data"]["clock"] == "complaint.plan"]
    assert event["data"]["held"] is True and event["data"]["reached_at"] == (NOON + 17 * H).isoformat()


async def test_what_the_night_held_is_told_together_and_the_breach_does_not_wait(desk: Desk, standing: Any) -> None:
    midnight = NOON + 13 * H  # 22:00 local
    await set_policy(desk.register, desk.register.org, repair__dispatch=wall(hours=6))
    clock = standing(midnight)
    await set_policy(desk.register, desk.register.org, repair__dispatch=wall(hours=12), repair__arrival=wall(hours=6))
    await drain(desk.register)
    await desk.ticket("repair")
    clock.to(NOON + 24 * H)
    await desk.register.fire_timers()
    # 12 hours from 22:00: half at 04:00 and eighty percent at 07:36 are one message at 08:00
    assert await warnings(desk, "repair.dispatch") == [(80, 23 * H, 1)]
    breaches = {e["data"]["clock"]: e["occurred_at"] for e in await desk.register.events("clock.breached.v1")}
    assert breaches["repair.arrival"] == midnight + 6 * H + S  # at 04:00 in the night
    # its warnings were never told before, and long after it is the next level's
    assert await warnings(desk, "repair.arrival") == [(150, 23 * H, 3)]


async def test_a_pause_moves_the_warnings(desk: Desk, standing: Any) -> None:
    clock = standing(NOON)
    await set_policy(desk.register, desk.register.org, repair__arrival=wall(hours=2))
    await drain(desk.register)
    ticket = await desk.ticket("repair")
    clock.by(30 * M)
    await desk.do(ticket, "pause", cause="parts", until=z(NOON + H))
    clock.by(4 * H)
    await desk.register.fire_timers()
    told = await warnings(desk, "repair.arrival")
    assert told == [(50, 90 * M, 1), (80, 126 * M, 1), (150, 210 * M, 3)]


@pytest.mark.parametrize("automatic", [True, False])
async def test_b007_an_automatic_receipt_is_no_response(desk: Desk, standing: Any, automatic: bool) -> None:
    standing(NOON)
    ticket = await desk.ticket()
    headers = None
    if not automatic:  # a connected system answers nobody either
        headers = desk.register.world.token("integrator", desk.register.org, units=[desk.register.org], scope=[
            "ticket.respond"
        ])
    after = await desk.do(ticket, "respond", headers, **({"automatic": True} if automatic else {}), note="已收到")
    assert after["responded_at"] is None and after["state"] == "received"
    assert (await desk.states(ticket))["complaint.response"] == "running"
    assert [e["action"] for e in await desk.entries(ticket)] == ["create", "acknowledge"]
    assert "ticket.responded.v1" not in await desk.types()
    await desk.do(ticket, "respond")
    assert (await desk.states(ticket))["complaint.response"] == "met"


async def test_b016_a_step_has_a_limit_and_a_role_of_its_own(desk: Desk, standing: Any) -> None:
    """C-013: from the moment the case comes into the step until it leaves it, again each time."""
    clock = standing(NOON)
    body = {
        "org_unit_id": str(desk.register.org),
        "limits": {
            "step.repair.received": wall(minutes=20),
            "step.repair.dispatched": wall(hours=2),
            "step.repair.reopened": wall(hours=1),
        },
        "roles": {"step.repair.dispatched": "security"},
    }
    assert (await desk.register.post("/clock-policies", body)).status_code == 201
    ticket = await desk.ticket("repair")
    assert (await desk.clocks(ticket))["step.repair.received"]["due_at"] == z(NOON + 20 * M)
    clock.by(20 * M)
    await desk.do(ticket, "dispatch", assignee_id=str(desk.engineer))
    found = await desk.clocks(ticket)
    assert found["step.repair.received"]["state"] == "met" and found["step.repair.received"]["row"] == "B-016"
    assert found["step.repair.dispatched"]["due_at"] == z(NOON + 2 * H + 20 * M)
    clock.by(2 * H + S)
    await desk.register.fire_timers()
    (first, *_) = [
        e["data"]
        for e in await desk.register.events("clock.warned.v1")
        if e["data"]["clock"] == "step.repair.dispatched"
    ]
    assert (first["percent"], first["role"]) == (50, "security")
    assert (await desk.states(ticket))["step.repair.dispatched"] == "breached"
    await desk.do(ticket, "arrive")
    left = (await desk.clocks(ticket))["step.repair.dispatched"]
    assert (left["state"], left["met_at"]) == ("breached", z(NOON + 2 * H + 20 * M + S))
    assert "step.repair.dispatched" not in await desk.timers()
    for _ in range(2):
        await desk.do(ticket, "complete", result="已修好")
        await desk.do(ticket, "reopen", reason="又漏了")
        clock.by(30 * M)
        await desk.do(ticket, "dispatch", assignee_id=str(desk.engineer))
        clock.by(M)
    answer = await desk.register.get(f"/tickets/{ticket['id']}/clocks")
    again = [c for c in answer.json()["items"] if c["clock"] == "step.repair.reopened"]
    assert [c["state"] for c in again] == ["met", "met"] and len({c["subject_id"] for c in again}) == 2
    assert [c["state"] for c in answer.json()["items"] if c["clock"] == "step.repair.dispatched"][0] == "breached"


async def test_b017_steps_of_complaints_are_limited_too_and_end_with_the_case(desk: Desk, standing: Any) -> None:
    standing(NOON)
    await set_policy(desk.register, desk.register.org, step__complaint__received=wall(minutes=5))
    ticket = await desk.ticket()
    assert (await desk.clocks(ticket))["step.complaint.received"]["row"] == "B-017"
    await desk.do(ticket, "cancel", desk.owner())
    assert (await desk.states(ticket))["step.complaint.received"] == "cancelled"
    assert await desk.timers() == {}
