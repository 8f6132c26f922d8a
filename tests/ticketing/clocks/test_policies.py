"""Limits and calendars of org units: the nearest wins, dated, and what they do to clocks that run already."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.ticketing.cases import NOON, Desk, H, M, S, z
from tests.ticketing.support import BASE, Register


async def plan(register: Register, community: UUID) -> dict[str, dict[str, Any]]:
    answer = await register.get("/clock-plan", community_id=str(community))
    assert answer.status_code == 200, answer.text
    return {limit["code"]: limit for limit in answer.json()["limits"]}


async def set_policy(register: Register, unit: UUID, **limits: Any) -> dict[str, Any]:
    body = {"org_unit_id": str(unit), "limits": {k.replace("__", "."): v for k, v in limits.items()}}
    answer = await register.post("/clock-policies", body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def days(count: int) -> dict[str, Any]:
    return {"unit": "working_days", "amount": count}


def wall(**length: int) -> dict[str, Any]:
    return {"unit": "wall", "amount": int(timedelta(**length).total_seconds())}


async def drain(register: Register) -> None:
    await register.world.drain(register.org, timers=False)


async def test_the_nearest_org_unit_wins_limit_by_limit(register: Register, standing: Any) -> None:
    """B-015, B-021: options that a policy sets; a branch overrides what the company set, and only that."""
    standing(NOON)
    east, west = await register.stored(
        "org-units", [{"external_id": c, "name": c, "kind": "branch", "parent": None} for c in ("EAST", "WEST")]
    )
    here, there = await register.community("E", unit="EAST"), await register.community("W", unit="WEST")
    assert (await plan(register, here.id))["complaint.resolution"]["limit"] is None
    await set_policy(register, register.org, complaint__resolution=days(3), repair__completion=wall(hours=48))
    await set_policy(register, east, complaint__resolution=days(1))
    mine, theirs = await plan(register, here.id), await plan(register, there.id)
    assert mine["complaint.resolution"]["limit"] == days(1)
    assert mine["repair.completion"]["limit"] == theirs["repair.completion"]["limit"] == wall(hours=48)
    assert theirs["complaint.resolution"]["limit"] == days(3)
    assert (mine["complaint.response"]["source"], mine["complaint.response"]["firm"]) == ("shipped", True)
    later = await register.community("E2", unit="EAST")  # a community made afterwards has the plan of its place
    assert (await plan(register, later.id))["complaint.resolution"]["limit"] == days(1)
    await register.bulk("communities", [{"external_id": "E2", "name": "E2", "org_unit": "WEST"}])
    assert (await plan(register, later.id))["complaint.resolution"]["limit"] == days(3)
    await register.bulk(
        "org-units", [{"external_id": "WEST", "name": "WEST", "kind": "branch", "parent": "EAST"}]
    )
    assert (await plan(register, there.id))["complaint.resolution"]["limit"] == days(1)


async def test_a_printed_number_is_only_made_shorter(desk: Desk, standing: Any) -> None:
    """AMB-023: the clocks of 003.64 measure whoever would set them."""
    standing(NOON)
    register = desk.register
    for limit in (wall(minutes=11), None, {"unit": "working_hours", "amount": 600}):
        body = {"org_unit_id": str(register.org), "limits": {"complaint.response": limit}}
        answer = await register.post("/clock-policies", body)
        assert (answer.status_code, answer.json()["code"]) == (422, "ticketing.clock_policy.invalid")
        assert answer.json()["errors"][0]["path"] == "limits.complaint.response"
    await set_policy(register, register.org, complaint__response=wall(minutes=5))
    ticket = await desk.ticket()
    assert (await desk.clocks(ticket))["complaint.response"]["due_at"] == z(NOON + 5 * M)
    for wrong in (
        {"limits": {"no.such": wall(hours=1)}},
        {"limits": {"complaint.resolution": days(401)}},
        {"roles": {"step.repair.dispatched": "king"}},
        {"valid_from": "2025-03-06"},
        {"habits": {"night": ["22:00", "8 Uhr"]}},
    ):
        answer = await register.post("/clock-policies", {"org_unit_id": str(register.org), **wrong})
        assert answer.status_code == 422, wrong


async def test_open_clocks_are_planned_anew_and_closed_ones_stay(desk: Desk, standing: Any) -> None:
    clock = standing(NOON)
    register = desk.register
    missed = await desk.ticket()
    answered = await desk.ticket()
    await desk.do(answered, "respond")
    late, kept = await desk.ticket("repair"), await desk.ticket("repair")
    await desk.do(kept, "arrive")
    clock.by(11 * M)
    await register.fire_timers()
    before = {t["id"]: await desk.clocks(t) for t in (missed, answered, kept)}
    await set_policy(
        register, register.org, complaint__response=wall(minutes=5), repair__arrival=wall(hours=2)
    )
    await drain(register)
    assert (await desk.clocks(missed))["complaint.response"]["due_at"] == z(NOON + 10 * M)
    for ticket, code in ((missed, "complaint.response"), (answered, "complaint.response"), (kept, "repair.arrival")):
        assert (await desk.clocks(ticket))[code]["due_at"] == before[ticket["id"]][code]["due_at"]
    found = (await desk.clocks(late))["repair.arrival"]
    assert (found["due_at"], found["state"]) == (z(NOON + 2 * H), "running")
    assert found["plan_id"] is not None and found["policy"].startswith("repair/1@")
    (entry,) = [e for e in await desk.entries(late) if e["action"] == "clock.replanned"]
    assert entry["data"]["clock"] == "repair.arrival"
    assert (entry["data"]["was_limit"], entry["data"]["limit"]) == ("wall:86400", "wall:7200")
    events = await register.events("clock.replanned.v1")
    assert [e["data"]["cause"] for e in events if e["subject"] == UUID(late["id"])] == ["policy"]
    assert (await desk.timers())["repair.arrival"] == NOON + H  # half of two hours
    await drain(register)
    assert len(await register.events("clock.replanned.v1")) == len(events)


async def test_a_new_limit_never_makes_what_was_in_time_late_before_it_was_known(
    desk: Desk, standing: Any
) -> None:
    """A promise whose new due time has passed keeps the one it was given, and breaks by that one."""
    clock = standing(NOON)
    ticket = await desk.ticket("repair")
    clock.by(3 * H)
    await desk.register.fire_timers()
    await set_policy(desk.register, desk.register.org, repair__arrival=wall(hours=2))
    await drain(desk.register)
    assert (await desk.clocks(ticket))["repair.arrival"]["due_at"] == z(NOON + 24 * H)
    await desk.do(ticket, "follow-up-note", note="已约")
    found = (await desk.clocks(ticket))["repair.arrival"]
    assert (found["due_at"], found["state"]) == (z(NOON + 24 * H), "running")


async def test_a_longer_limit_never_takes_back_what_was_missed(desk: Desk, standing: Any) -> None:
    """Even when the timer had not fired yet: the clock is judged by the plan it ran under."""
    clock = standing(NOON)
    ticket = await desk.ticket("repair")
    clock.by(24 * H + S)
    await set_policy(desk.register, desk.register.org, repair__arrival=wall(hours=48))
    await drain(desk.register)
    found = (await desk.clocks(ticket))["repair.arrival"]
    assert (found["state"], found["due_at"]) == ("breached", z(NOON + 24 * H))
    assert found["breached_at"] == z(NOON + 24 * H + S)


async def test_an_option_set_today_asks_nothing_of_what_came_in_before(desk: Desk, standing: Any) -> None:
    """B-006, B-015, B-028: new promises begin with new cases."""
    clock = standing(NOON)
    old = await desk.ticket()
    clock.by(H)
    await set_policy(
        desk.register,
        desk.register.org,
        complaint__resolution=days(3),
        complaint__rectification=days(2),
        ticket__followup=wall(hours=1),
    )
    await drain(desk.register)
    await desk.do(old, "follow-up-note", note="x")
    assert not {"complaint.resolution", "ticket.followup"} & set(await desk.clocks(old))
    new = await desk.ticket()
    clocks = await desk.clocks(new)
    assert clocks["complaint.resolution"]["due_at"] == "2025-03-12T15:59:59Z"  # Monday to Wednesday, 24:00 local
    assert clocks["complaint.resolution"]["row"] == "B-015"
    assert "complaint.rectification" not in clocks
    await desk.do(new, "rule-validity", desk.staff("qa"), valid=True, reason="现场核实")
    found = (await desk.clocks(new))["complaint.rectification"]
    assert (found["row"], found["due_at"]) == ("B-028", "2025-03-11T15:59:59Z")
    clock.by(30 * M)
    await desk.do(new, "follow-up-note", desk.owner(), note="请尽快")  # the owner's own words are no follow-up
    assert (await desk.states(new))["ticket.followup"] == "running"
    await desk.do(new, "follow-up-note", note="已联系厂家")
    found = (await desk.clocks(new))["ticket.followup"]
    assert (found["state"], found["row"], found["met_at"]) == ("met", "B-006", z(NOON + H + 30 * M))


async def test_b021_completion_counts_from_dispatch_and_b019_dispatch_from_receipt(
    desk: Desk, standing: Any
) -> None:
    clock = standing(NOON)
    await set_policy(desk.register, desk.register.org, repair__completion=wall(hours=8))
    ticket = await desk.ticket("repair")
    urgent = await desk.ticket("repair", urgency="urgent")
    clocks = await desk.clocks(ticket)
    assert (clocks["repair.dispatch"]["due_at"], clocks["repair.dispatch"]["row"]) == (z(NOON + 30 * M), "B-019")
    assert (await desk.clocks(urgent))["repair.dispatch"]["due_at"] == z(NOON + 10 * M)
    assert "repair.completion" not in clocks
    clock.by(30 * M)
    await desk.do(ticket, "dispatch", assignee_id=str(desk.engineer))
    found = await desk.clocks(ticket)
    assert found["repair.dispatch"]["state"] == "met"
    assert found["repair.completion"]["due_at"] == z(NOON + 8 * H + 30 * M)
    clock.to(NOON + 30 * M + S)
    await desk.do(urgent, "dispatch", assignee_id=str(desk.engineer))
    assert (await desk.states(urgent))["repair.dispatch"] == "breached"
    clock.to(NOON + 8 * H + 30 * M)
    await desk.do(ticket, "complete", result="已修好")
    assert (await desk.states(ticket))["repair.completion"] == "met"


async def test_a_version_begins_on_its_day(desk: Desk, standing: Any) -> None:
    clock = standing(NOON)
    ticket = await desk.ticket("repair")
    body = {
        "org_unit_id": str(desk.register.org),
        "valid_from": "2025-03-08",
        "limits": {"repair.arrival": wall(hours=20)},
    }
    assert (await desk.register.post("/clock-policies", body)).status_code == 201
    await drain(desk.register)
    assert (await desk.clocks(ticket))["repair.arrival"]["due_at"] == z(NOON + 24 * H)
    clock.to(NOON + 15 * H)  # 0:00 on the 8th, in Shanghai
    await desk.register.fire_timers()
    await drain(desk.register)
    assert (await desk.clocks(ticket))["repair.arrival"]["due_at"] == z(NOON + 20 * H)


async def test_a_notice_and_a_calendar_move_open_clocks_and_are_shown(desk: Desk, standing: Any) -> None:
    """AMB-054: a make-up day, a holiday and an own closing day, each named where it counts or does not."""
    standing(NOON)
    register = desk.register
    await set_policy(register, register.org, complaint__resolution=days(3))
    ticket = await desk.ticket()
    assert (await desk.clocks(ticket))["complaint.resolution"]["due_at"] == "2025-03-12T15:59:59Z"
    first = (await desk.clocks(ticket))["complaint.resolution"]["calendar"]
    notice = {
        "year": 2025,
        "days": [
            {"name": "补假", "date": "2025-03-10", "isOffDay": True},
            {"name": "补假", "date": "2025-03-09", "isOffDay": False},
        ],
    }
    assert (await register.post("/calendar-notices", notice)).status_code == 201
    calendar = {
        "org_unit_id": str(register.org),
        "week": [["09:00-12:00", "13:30-18:00"]] * 5 + [[], []],
        "overrides": {"2025-03-11": []},
    }
    assert (await register.post("/calendars", calendar)).status_code == 201
    await drain(register)
    found = (await desk.clocks(ticket))["complaint.resolution"]
    # Sunday the 9th is worked in exchange for Monday; Tuesday the desk is closed: 9, 12 and 13
    assert found["due_at"] == "2025-03-13T15:59:59Z"
    assert found["calendar"] not in (first, "24x7")
    assert {e["data"]["cause"] for e in await register.events("clock.replanned.v1")} == {"calendar"}
    for wrong in (
        {**calendar, "week": [[]] * 7},
        {**calendar, "week": [["12:00-09:00"]] * 7},
        {**calendar, "overrides": {"2025-03-11": ["09:00-12:00", "11:00-13:00"]}},
    ):
        assert (await register.post("/calendars", wrong)).status_code == 422
    assert (await register.post("/calendar-notices", {**notice, "days": [{"name": "x"}]})).status_code == 422
    listed = (await register.get("/calendars")).json()["items"]
    assert listed[0]["overrides"] == {"2025-03-11": []} and listed[0]["revision"] == 1
    assert (await register.get("/calendar-notices")).json()[0]["days"]["2025-03-10"]["zh"] == "补假"


async def test_nobody_sets_or_sees_limits_outside_their_reach(register: Register, other_org: Any) -> None:
    east, west = await register.stored(
        "org-units", [{"external_id": c, "name": c, "kind": "branch", "parent": None} for c in ("EAST", "WEST")]
    )
    here = await register.community("E", unit="EAST")
    await set_policy(register, east, complaint__resolution=days(1))
    stranger = register.staff("project_manager", [west])
    for path, body in (
        ("/clock-policies", {"org_unit_id": str(east)}),
        ("/calendars", {"org_unit_id": str(east), "week": [["09:00-12:00"]] * 7}),
        ("/calendar-notices", {"year": 2026, "days": [{"name": "x", "date": "2026-01-01", "isOffDay": True}]}),
    ):
        assert (await register.post(path, body, stranger)).status_code == 404, path
    assert (await register.get("/clock-plan", stranger, community_id=str(here.id))).status_code == 404
    assert (await register.get("/clock-policies", stranger)).json()["items"] == []
    assert (await register.get("/clock-policies")).json()["items"][0]["limits"] == {"complaint.resolution": days(1)}
    clerk = await register.api.post(f"{BASE}/clock-policies", json={}, headers=register.staff("clerk", [register.org]))
    assert clerk.status_code == 403
    other = await other_org()
    answer = await register.get("/clock-policies", register.world.token("admin", other))
    assert answer.json()["items"] == []
