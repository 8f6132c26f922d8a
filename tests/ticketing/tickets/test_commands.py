"""Commands on tickets: the graph, clocks to the second, late records, signatures, separations, and concurrency."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from tests.support.world import Standing
from tests.ticketing.cases import NOON, Desk, H, M, S, z

Clock = Callable[[datetime], Standing]


async def test_the_whole_way_of_an_urgent_complex_complaint(desk: Desk, standing: Clock) -> None:
    # C-018, C-019, C-020, C-021, C-024, C-025, C-051; C-004, C-011, D-045
    clock = standing(NOON)
    ticket = await desk.ticket(urgency="urgent")
    clock.by(10 * M)
    assert (await desk.do(ticket, "respond", note="已致电", channel="phone"))["state"] == "responded"
    await desk.do(ticket, "dispatch", assignee_id=str(desk.engineer), department="工程部")
    clock.by(20 * M)
    assert (await desk.do(ticket, "arrive", place="3号电梯", finding="导靴磨损"))["state"] == "on_site"
    await desk.do(ticket, "classify", complex=True)
    await desk.do(ticket, "set-deadline", deadline=z(NOON + 72 * H))
    clock.to(NOON + 24 * H)
    assert (await desk.do(ticket, "plan", text="更换导靴"))["state"] == "planned"
    await desk.do(ticket, "follow-up-note", note="配件已到", public=True)
    clock.to(NOON + 72 * H)
    done = await desk.do(ticket, "complete", desk.staff("clerk"), result="已更换")
    assert (done["state"], done["handler_id"]) == ("handled", str(desk.engineer))
    rated = await desk.do(ticket, "rate", desk.owner(), score=80)
    assert (rated["rating"], rated["satisfied"]) == (80, True)
    signed = await desk.do(
        ticket, "sign", desk.owner(), signer_name="张1伟", method="app", document_hash=done["document_hash"]
    )
    assert (signed["state"], signed["signed_at"], signed["closed_at"]) == (
        "closed",
        z(NOON + 72 * H),
        z(NOON + 72 * H),
    )
    states = await desk.states(ticket)
    assert states.pop("revisit.48h") == "running"
    assert set(states.values()) == {"met"} and "complaint.complex.deadline" in states
    types = await desk.types()
    assert types == [
        "ticket.created.v1",
        "ticket.responded.v1",
        "clock.met.v1",
        "ticket.dispatched.v1",
        "ticket.arrived.v1",
        "clock.met.v1",
        "ticket.classified.v1",
        "clock.started.v1",
        "ticket.deadline_set.v1",
        "clock.started.v1",
        "ticket.plan_sent.v1",
        "clock.met.v1",
        "ticket.noted.v1",
        "ticket.completed.v1",
        "clock.met.v1",
        "clock.started.v1",
        "revisit.due.v1",
        "ticket.rating_requested.v1",
        "ticket.rated.v1",
        "ticket.signed_off.v1",
        "ticket.closed.v1",
    ]
    for event in await desk.register.events():
        if event["type"].split(".")[0] in ("ticket", "clock", "revisit"):
            assert {"kind", "number", "unit_id", "reporter_id"} <= set(event["data"])
            assert event["subject"] == UUID(ticket["id"])
    seqs = [e["seq"] for e in await desk.register.events() if e["subject"] == UUID(ticket["id"])]
    assert seqs == sorted(seqs) and seqs[-1] == signed["version"]
    await desk.register.fire_timers()
    assert "clock.breached.v1" not in await desk.types()


async def test_amb106_the_timer_breaks_the_promise_at_the_first_second_too_late(desk: Desk, standing: Clock) -> None:
    clock = standing(NOON)
    ticket = await desk.ticket()
    clock.to(NOON + 10 * M)
    await desk.register.fire_timers()
    assert (await desk.states(ticket))["complaint.response"] == "running"
    clock.by(S)
    await desk.register.fire_timers()
    found = (await desk.clocks(ticket))["complaint.response"]
    assert (found["state"], found["breached_at"]) == ("breached", z(NOON + 10 * M + S))
    (event,) = await desk.register.events("clock.breached.v1")
    assert event["occurred_at"] == NOON + 10 * M + S
    assert event["data"]["clock"] == "complaint.response" and event["data"]["ticket_id"] == ticket["id"]
    await desk.register.fire_timers()
    assert len(await desk.register.events("clock.breached.v1")) == 1


async def test_timers_that_fire_late_still_speak_of_their_own_second(desk: Desk, standing: Clock) -> None:
    clock = standing(NOON)
    await desk.ticket(urgency="urgent")
    clock.by(30 * H)
    await desk.register.fire_timers()
    times = [e["occurred_at"] - NOON for e in await desk.register.events("clock.breached.v1")]
    assert times == [10 * M + S, 30 * M + S, 24 * H + S]


async def test_a_late_record_withdraws_the_breach_and_the_history_shows_both(desk: Desk, standing: Clock) -> None:
    clock = standing(NOON)
    ticket = await desk.ticket()
    clock.by(H)
    await desk.register.fire_timers()
    refused = await desk.try_(ticket, "respond", occurred_at=z(NOON + 9 * M))
    assert refused.status_code == 422 and refused.json()["errors"][0]["path"] == "late_reason"
    await desk.do(ticket, "respond", occurred_at=z(NOON + 9 * M), late_reason="系统故障，事后补录")
    found = (await desk.clocks(ticket))["complaint.response"]
    assert (found["state"], found["met_at"]) == ("withdrawn", z(NOON + 9 * M))
    assert "撤回" in found["explanation"]["zh"] and "withdrawn" in found["explanation"]["en"]
    history = [e["action"] for e in await desk.entries(ticket) if e["action"] != "clock.warned"]
    assert history == ["create", "clock.breached", "respond", "clock.breach_withdrawn"]
    (event,) = await desk.register.events("clock.breach_withdrawn.v1")
    assert event["data"]["met_at"].startswith("2025-03-07T01:09:00")
    # owners read what concerns them
    assert [e["action"] for e in await desk.entries(ticket, desk.owner())] == ["create", "respond"]


async def test_too_early_and_in_the_future_are_refused(desk: Desk, standing: Clock) -> None:
    clock = standing(NOON)
    ticket = await desk.ticket()
    clock.by(5 * M)
    for wrong in (NOON - S, NOON + 5 * M + S):
        answer = await desk.try_(ticket, "respond", occurred_at=z(wrong))
        assert answer.status_code == 422 and answer.json()["errors"][0]["path"] == "occurred_at"
    assert (await desk.try_(ticket, "respond", occurred_at=z(NOON))).status_code == 200


async def test_a_refused_command_says_what_is_possible(desk: Desk) -> None:
    ticket = await desk.ticket()
    answer = await desk.try_(ticket, "complete", result="done")
    body = answer.json()
    assert (answer.status_code, body["code"]) == (409, "ticketing.ticket.not_now")
    assert ticket["number"] in body["detail"] and "已受理" in body["detail"] and "响应" in body["detail"]
    english = {**desk.staff("supervisor"), "Accept-Language": "en"}
    told = (await desk.try_(ticket, "sign", english, signer_name="x", method="paper")).json()["detail"]
    assert "possible now: responded to" in told


async def test_amb084_reclassifying_keeps_what_was_missed(desk: Desk, standing: Clock) -> None:
    clock = standing(NOON)
    ticket = await desk.ticket(urgency="urgent")
    clock.by(31 * M)
    await desk.register.fire_timers()
    await desk.do(ticket, "classify", urgency="normal", reason="并不紧急")
    assert (await desk.states(ticket))["complaint.onsite.urgent"] == "breached"
    other = await desk.ticket(urgency="urgent")
    await desk.do(other, "classify", urgency="normal")
    assert (await desk.states(other))["complaint.onsite.urgent"] == "cancelled"
    await desk.do(other, "classify", urgency="urgent")
    assert (await desk.states(other))["complaint.onsite.urgent"] == "running"


async def test_if_match_guards_a_staff_update(desk: Desk) -> None:
    ticket = await desk.ticket()
    stale = {**desk.staff(), "If-Match": '"7"'}
    answer = await desk.try_(ticket, "respond", stale)
    assert answer.status_code == 412
    fresh = {**desk.staff(), "If-Match": '"1"'}
    answer = await desk.try_(ticket, "respond", fresh)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert (await desk.register.get(f"/tickets/{ticket['id']}")).headers["etag"] == '"2"'


async def test_of_simultaneous_commands_each_sees_the_one_before(desk: Desk) -> None:
    ticket = await desk.ticket()
    answers = await asyncio.gather(*(desk.try_(ticket, "respond") for _ in range(6)))
    assert sorted(a.status_code for a in answers)[0] == 200
    # Only an earlier answer could still be added: with a running clock the others come later.
    assert all(a.status_code in (200, 409) for a in answers)
    notes = await asyncio.gather(*(desk.try_(ticket, "follow-up-note", note=f"n{i}") for i in range(8)))
    versions = sorted(a.json()["version"] for a in notes)
    assert len(set(versions)) == 8 and versions == list(range(versions[0], versions[0] + 8))


async def test_a_command_and_a_timer_never_both_decide(desk: Desk, standing: Clock) -> None:
    clock = standing(NOON)
    tickets = [await desk.ticket() for _ in range(5)]
    clock.by(10 * M + S)
    await asyncio.gather(
        desk.register.fire_timers(),
        *(desk.do(t, "respond", occurred_at=z(NOON + 10 * M)) for t in tickets),
    )
    await desk.register.fire_timers()
    for ticket in tickets:
        assert (await desk.states(ticket))["complaint.response"] in ("met", "withdrawn")
    told = [e["type"] for e in await desk.register.events() if e["type"].startswith("clock.")]
    assert told.count("clock.breached.v1") == told.count("clock.breach_withdrawn.v1")


async def test_the_same_key_carries_a_command_out_once(desk: Desk) -> None:
    ticket = await desk.ticket()
    headers = {**desk.staff(sub=desk.caller), "Idempotency-Key": "note-1"}
    first, second = [await desk.try_(ticket, "follow-up-note", headers, note="催办") for _ in range(2)]
    assert first.content == second.content and second.headers["idempotency-replayed"] == "true"
    assert len([e for e in await desk.entries(ticket) if e["action"] == "follow-up-note"]) == 1


async def test_after_the_end_only_the_past_is_told(desk: Desk, standing: Clock) -> None:
    clock = standing(NOON)
    ticket = await desk.handled()
    await desk.do(ticket, "sign", desk.owner(), signer_name="张1伟", method="app")
    clock.by(H)
    assert (await desk.try_(ticket, "arrive")).status_code == 422
    await desk.do(ticket, "arrive", occurred_at=z(NOON), late_reason="漏录")
    assert (await desk.try_(ticket, "plan", text="x")).status_code == 422
    assert (await desk.try_(ticket, "cancel", reason="x")).status_code == 409


async def test_a_cancelled_case_stops_its_clocks(desk: Desk, standing: Clock) -> None:
    standing(NOON)
    ticket = await desk.ticket(urgency="urgent")
    assert (await desk.try_(ticket, "cancel")).status_code == 422  # staff say why
    assert (await desk.try_(ticket, "cancel", desk.owner(1))).status_code == 404
    assert (await desk.do(ticket, "cancel", desk.owner()))["state"] == "cancelled"
    assert set((await desk.states(ticket)).values()) == {"cancelled", "open"}
    assert await desk.timers() == {}


async def test_a_repair_goes_its_way_and_closes_by_itself(desk: Desk, standing: Clock) -> None:
    # C-006
    clock = standing(NOON)
    ticket = await desk.ticket("repair")
    assert (await desk.try_(ticket, "complete", result="x")).status_code == 409
    await desk.do(ticket, "dispatch", assignee_id=str(desk.engineer))
    await desk.do(ticket, "arrive", desk.staff("engineer", desk.engineer))
    done = await desk.do(ticket, "complete", desk.staff("engineer", desk.engineer), result="换水管")
    assert (done["state"], done["handler_id"]) == ("completed", str(desk.engineer))
    assert (await desk.timers()) == {"ticket.auto_close": NOON + 7 * 24 * H}
    reopened = await desk.do(ticket, "reopen", desk.owner(), reason="还在漏")
    assert reopened["state"] == "reopened" and await desk.timers() == {}
    clock.by(H)
    await desk.do(ticket, "complete", result="重做")
    clock.by(7 * 24 * H)
    await desk.register.fire_timers()
    closed = (await desk.register.get(f"/tickets/{ticket['id']}")).json()
    assert (closed["state"], closed["closed_at"]) == ("closed", z(NOON + H + 7 * 24 * H))
    signed = await desk.ticket("repair")
    for action, body in (("dispatch", {}), ("arrive", {}), ("complete", {"result": "x"})):
        await desk.do(signed, action, **body)
    await desk.do(signed, "sign", desk.owner(), signer_name="张1伟", method="app")
    assert await desk.timers() == {}


async def test_notes_of_owners_are_public_and_those_of_staff_are_not(desk: Desk) -> None:
    ticket = await desk.ticket()
    await desk.do(ticket, "follow-up-note", note="内部讨论")
    await desk.do(ticket, "follow-up-note", desk.owner(), note="请尽快")
    shown = [e["data"]["note"] for e in await desk.entries(ticket, desk.owner()) if "note" in e["data"]]
    assert shown == ["请尽快"]
