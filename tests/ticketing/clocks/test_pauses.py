"""Pauses: who may, what stands still, what has to be approved, and that the order of telling never matters."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import httpx

from tests.ticketing.cases import NOON, Desk, H, M, S, z
from tests.ticketing.support import BASE


async def paused(desk: Desk, **more: Any) -> dict[str, Any]:
    ticket = await desk.ticket("repair")
    await desk.do(ticket, "pause", cause="parts", **more)
    return ticket


async def decide(desk: Desk, action: str = "approve", role: str = "supervisor", **body: Any) -> httpx.Response:
    """Somebody of a role decides about the one pause that waits."""
    answer = await desk.register.get("/approvals", state="pending")
    (request,) = answer.json()["items"]
    headers = desk.staff(role)
    return await desk.register.api.post(f"{BASE}/approvals/{request['id']}/{action}", json=body, headers=headers)


async def arrival(desk: Desk, ticket: dict[str, Any]) -> dict[str, Any]:
    return (await desk.clocks(ticket))["repair.arrival"]


async def test_b022_a_pause_moves_the_due_time_its_share_is_told_and_its_end_comes_by_itself(
    desk: Desk, standing: Any
) -> None:
    clock = standing(NOON)
    ticket = await paused(desk, until=z(NOON + 2 * H), note="缺水泵叶轮")
    found = await arrival(desk, ticket)
    assert found["due_at"] == z(NOON + 26 * H)
    assert (await desk.timers())["repair.arrival"] == NOON + 23 * H  # half is over at 23:00: the night holds it
    assert (await desk.clocks(ticket))["repair.dispatch"]["due_at"] == z(NOON + 30 * M)  # never pauses
    clock.to(NOON + 2 * H)
    await desk.register.fire_timers()
    (resumed,) = await desk.register.events("ticket.resumed.v1")
    assert resumed["data"]["automatic"] is True and resumed["occurred_at"] == NOON + 2 * H
    clock.to(NOON + 26 * H)
    await desk.do(ticket, "arrive")
    found = await arrival(desk, ticket)
    assert (found["state"], found["counted_seconds"], found["paused_seconds"]) == ("met", 86400, 7200)
    parts = [(p["how"], p["seconds"], p["cause"]) for p in found["intervals"]]
    assert parts == [("paused", 7200, "parts"), ("counted", 86400, None)]
    assert found["intervals"][0]["by"] is not None and "等待配件" in found["intervals"][0]["explanation"]["zh"]
    (met,) = [e for e in await desk.register.events("clock.met.v1") if e["data"]["clock"] == "repair.arrival"]
    assert (met["data"]["counted_seconds"], met["data"]["paused_seconds"]) == (86400, 7200)
    entries = await desk.entries(ticket, desk.owner())  # the owner reads that, not what staff noted about it
    shown = [e for e in entries if e["action"] in ("pause", "resume")]
    assert [e["action"] for e in shown] == ["pause", "resume"] and "note" not in shown[0]["data"]


async def test_going_on_earlier_gives_the_rest_back_in_whatever_order_it_is_told(desk: Desk, standing: Any) -> None:
    clock = standing(NOON)
    first, second = await desk.ticket("repair"), await desk.ticket("repair")
    await desk.do(first, "pause", cause="parts")
    clock.by(3 * H)
    await desk.do(first, "resume")
    clock.by(M)
    late = {"late_reason": "工程师无信号"}
    await desk.do(second, "pause", cause="parts", occurred_at=z(NOON), **late)
    await desk.do(second, "resume", occurred_at=z(NOON + 3 * H), **late)
    assert (await arrival(desk, first))["due_at"] == (await arrival(desk, second))["due_at"] == z(NOON + 27 * H)
    # told later still: it went on even earlier than was said
    await desk.do(second, "resume", occurred_at=z(NOON + 2 * H), **late)
    assert (await arrival(desk, second))["due_at"] == z(NOON + 26 * H)
    assert "ticket.pause_ends" not in await desk.timers()


async def test_what_may_not_be_paused(desk: Desk, standing: Any) -> None:
    """B-007, B-008, B-009, B-013: response, visit, plan and follow-up call never stand still."""
    clock = standing(NOON)
    complaint = await desk.ticket(urgency="urgent")
    answer = await desk.try_(complaint, "pause", cause="waiting_owner")
    assert (answer.status_code, answer.json()["code"]) == (409, "ticketing.ticket.nothing_to_pause")
    ticket = await paused(desk, until=z(NOON + H))
    again = await desk.try_(ticket, "pause", cause="weather")
    assert (again.status_code, again.json()["code"]) == (409, "ticketing.ticket.already_paused")
    for body in ({"until": z(NOON - H)}, {"until": z(NOON)}, {"until": "2199-01-01T00:00:00Z"}):
        assert (await desk.try_(await desk.ticket("repair"), "pause", cause="parts", **body)).status_code == 422
    clock.to(NOON + H)
    resumed = await desk.try_(ticket, "resume")
    assert (resumed.status_code, resumed.json()["code"]) == (409, "ticketing.ticket.not_paused")
    await desk.do(ticket, "cancel", reason="自行处理")
    assert (await desk.try_(ticket, "pause", cause="parts")).status_code == 409


async def test_a_long_pause_counts_only_from_its_approval(desk: Desk, standing: Any) -> None:
    clock = standing(NOON)
    ticket = await paused(desk, until=z(NOON + 48 * H))
    assert (await arrival(desk, ticket))["due_at"] == z(NOON + 24 * H)
    clock.by(6 * H)
    assert (await decide(desk)).status_code == 200
    found = await arrival(desk, ticket)
    assert found["due_at"] == z(NOON + 66 * H)  # 42 hours of it are left
    assert [p["how"] for p in found["intervals"]] == ["counted"]
    assert (await desk.timers())["ticket.pause_ends"] == NOON + 48 * H


async def test_a_refused_pause_never_counted_and_nobody_approves_their_own(desk: Desk, standing: Any) -> None:
    standing(NOON)
    ticket = await desk.ticket("repair")
    boss = desk.staff("supervisor", desk.caller)
    await desk.do(ticket, "pause", boss, cause="parts", until=z(NOON + 48 * H))
    (request,) = (await desk.register.get("/approvals", state="pending")).json()["items"]
    own = await desk.register.api.post(f"{BASE}/approvals/{request['id']}/approve", json={}, headers=boss)
    assert own.status_code in (403, 409)
    assert (await decide(desk, "refuse", reason="库房有货")).status_code == 200
    assert (await arrival(desk, ticket))["due_at"] == z(NOON + 24 * H)
    assert "pause-refused" in [e["action"] for e in await desk.entries(ticket)]
    asked = {"subject_kind": "pause", "subject_id": request["subject_id"], "reason": "再试"}
    assert (await desk.register.post("/approvals", asked)).status_code == 404  # decided once


async def test_a_further_pause_needs_an_approval(desk: Desk, standing: Any) -> None:
    clock = standing(NOON)
    ticket = await paused(desk, until=z(NOON + H))
    clock.by(2 * H)
    await desk.do(ticket, "pause", cause="weather", until=z(NOON + 3 * H))
    assert (await arrival(desk, ticket))["due_at"] == z(NOON + 25 * H)
    assert (await decide(desk)).status_code == 200
    assert (await arrival(desk, ticket))["due_at"] == z(NOON + 26 * H)


async def test_a_pause_told_after_the_miss_takes_it_back_only_when_approved(desk: Desk, standing: Any) -> None:
    clock = standing(NOON)
    ticket = await desk.ticket("repair")
    clock.to(NOON + 24 * H + 30 * M)
    late = {"occurred_at": z(NOON + 2 * H), "until": z(NOON + 4 * H), "late_reason": "工程师无信号"}
    await desk.do(ticket, "pause", cause="access_refused", **late)  # before the timer was fired
    await desk.register.fire_timers()
    assert (await arrival(desk, ticket))["state"] == "breached"
    assert (await decide(desk)).status_code == 200
    found = await arrival(desk, ticket)
    assert (found["state"], found["due_at"]) == ("running", z(NOON + 26 * H))
    assert found["breached_at"] == z(NOON + 24 * H + S)  # both stay visible
    types = [e["type"] for e in await desk.register.events() if e["data"].get("clock") == "repair.arrival"]
    assert [t for t in types if t != "clock.warned.v1"] == [
        "clock.breached.v1",
        "clock.breach_withdrawn.v1",
        "clock.started.v1",
    ]
    clock.to(NOON + 26 * H + S)
    await desk.register.fire_timers()
    assert (await arrival(desk, ticket))["state"] == "breached"


async def test_work_that_is_done_waits_for_nothing(desk: Desk, standing: Any) -> None:
    clock = standing(NOON)
    ticket = await paused(desk)
    await desk.do(ticket, "dispatch", assignee_id=str(desk.engineer))
    clock.by(H)
    await desk.do(ticket, "complete", result="已修好")
    (event,) = await desk.register.events("ticket.resumed.v1")
    assert event["data"]["resumed_at"] == (NOON + H).isoformat()
    assert "ticket.pause_ends" not in await desk.timers()


async def test_two_who_pause_at_once_pause_once(desk: Desk, standing: Any) -> None:
    standing(NOON)
    ticket = await desk.ticket("repair")
    answers = await asyncio.gather(*(desk.try_(ticket, "pause", cause="parts") for _ in range(4)))
    assert sorted(a.status_code for a in answers) == [200, 409, 409, 409]
    assert (await arrival(desk, ticket))["due_at"] == z(NOON + 48 * H)


async def test_another_s_case_is_not_paused(desk: Desk, standing: Any) -> None:
    standing(NOON)
    (west,) = await desk.register.stored(
        "org-units", [{"external_id": "W", "name": "W", "kind": "branch", "parent": None}]
    )
    ticket = await desk.ticket("repair")
    stranger = desk.register.staff("clerk", [west])
    assert (await desk.try_(ticket, "pause", stranger, cause="parts")).status_code == 404
    assert (await desk.try_(ticket, "pause", desk.owner(), cause="parts")).status_code == 403
    await desk.do(ticket, "pause", cause="parts", until=z(NOON + 72 * H), note="业主张三 13800000000")
    (request,) = (await desk.register.get("/approvals", state="pending")).json()["items"]
    body = {"subject_kind": "pause", "subject_id": request["subject_id"], "reason": "x"}
    assert (await desk.register.post("/approvals", body, stranger)).status_code == 404
    told = str(await desk.register.events()) + str(await desk.register.audits("ticket")) + str(request)
    assert "张三" not in told  # what is noted about a pause leaves its row nowhere
    assert UUID(request["subject_id"])
