"""Sampling plans: whom to call about, explained and not to be foreseen (C-050, C-052, B-014)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from services.ticketing.domain.revisit_sampling import lot_of, seed_hash
from tests.support.world import Standing, World
from tests.ticketing.cases import NOON, Desk, H, S, z

Clock = Callable[[datetime], Standing]
D = timedelta(days=1)


def plan(org_unit: UUID, percent: int = 100, **more: Any) -> dict[str, Any]:
    return {"kind": "repair", "org_unit_id": str(org_unit), "percent": percent, "due_days": 3, **more}


async def made(desk: Desk, percent: int = 100, org_unit: UUID | None = None, **more: Any) -> dict[str, Any]:
    answer = await desk.register.post("/revisit-plans", plan(org_unit or desk.register.org, percent, **more))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def repaired(desk: Desk, **more: Any) -> dict[str, Any]:
    ticket = await desk.ticket("repair", fields={"category": "water"}, **more)
    await desk.do(ticket, "dispatch", assignee_id=str(desk.engineer))
    return await desk.do(ticket, "complete", result="已更换")


async def calls(desk: Desk, ticket: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await desk.register.get("/revisits", ticket_id=ticket["id"])).json()["items"]
    return found


async def lots(desk: Desk, **query: Any) -> list[dict[str, Any]]:
    answer = await desk.register.get("/revisit-draws", **query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_c050_without_a_plan_repairs_are_not_followed_up(desk: Desk) -> None:
    assert await calls(desk, await repaired(desk)) == []
    assert await lots(desk) == []


async def test_b014_c009_a_drawn_repair_is_called_about_in_the_days_of_its_plan(desk: Desk, standing: Clock) -> None:
    clock = standing(NOON)
    made_plan = await made(desk)
    ticket = await repaired(desk)
    (revisit,) = await calls(desk, ticket)
    assert (revisit["plan_id"], revisit["due_at"]) == (made_plan["id"], z(NOON + 3 * D))
    clock.to(NOON + 3 * D)
    await desk.register.fire_timers()
    assert await desk.register.events("revisit.overdue.v1") == []  # the last second counts
    done = await desk.call(revisit, rating=90, channel="visit")
    assert (done.status_code, done.json()["on_time"]) == (201, True)
    clock.by(S)
    await desk.register.fire_timers()
    assert await desk.register.events("revisit.overdue.v1") == []


async def test_b014_a_call_not_made_in_its_days_is_told_once_and_stays_due(desk: Desk, standing: Clock) -> None:
    clock = standing(NOON)
    await made(desk)
    ticket = await repaired(desk)
    clock.to(NOON + 3 * D + S)
    await desk.register.fire_timers()
    await desk.register.fire_timers()
    (told,) = await desk.register.events("revisit.overdue.v1")
    (revisit,) = await calls(desk, ticket)
    assert (told["data"]["revisit_id"], revisit["state"]) == (revisit["id"], "due")
    assert (await desk.call(revisit, rating=90)).json()["on_time"] is False
    history = [e["action"] for e in await desk.entries(ticket) if not e["action"].startswith("clock.")]
    assert history[-2:] == ["revisit.overdue", "revisit"]


async def test_b014_reopening_takes_the_sampled_call_and_its_timer_away(desk: Desk, standing: Clock) -> None:
    clock = standing(NOON)
    await made(desk)
    ticket = await repaired(desk)
    await desk.do(ticket, "reopen", reason="未修好")
    assert [c["state"] for c in await calls(desk, ticket)] == ["cancelled"]
    clock.to(NOON + 4 * D)
    await desk.register.fire_timers()
    assert await desk.register.events("revisit.overdue.v1") == []


async def test_c050_the_lots_can_be_checked_once_the_plan_has_ended_and_not_foreseen_before(desk: Desk) -> None:
    first = await made(desk, 50)
    assert first["seed"] is None
    tickets = [await repaired(desk, n=n % 3) for n in range(8)]
    second = await made(desk, 50)
    ended = (await desk.register.get(f"/revisit-plans/{first['id']}")).json()
    assert ended["ended_at"] is not None and seed_hash(ended["seed"]) == first["seed_hash"]
    drawn = {lot["ticket_id"]: lot for lot in await lots(desk, plan_id=first["id"])}
    assert ended["completions"] == len(drawn) == 8
    assert ended["sampled"] == sum(lot["sampled"] for lot in drawn.values())
    for ticket in tickets:
        lot = drawn[ticket["id"]]
        assert lot["lot"] == lot_of(ended["seed"], UUID(ticket["id"]))
        assert (lot["threshold"], lot["sampled"]) == (5000, lot["lot"] < 5000)
        assert bool(await calls(desk, ticket)) is lot["sampled"]
    assert second["seed_hash"] != first["seed_hash"]
    assert not await lots(desk, plan_id=second["id"])


async def test_c050_a_ticket_once_drawn_stays_drawn_and_reopening_buys_no_second_lot(desk: Desk) -> None:
    await made(desk, 100)
    ticket = await repaired(desk)
    await desk.do(ticket, "reopen", reason="未修好")
    await made(desk, 0)
    await desk.do(ticket, "dispatch", assignee_id=str(desk.engineer))
    await desk.do(ticket, "complete", result="再次更换")
    assert [lot["reason"] for lot in await lots(desk, ticket_id=ticket["id"])] == ["lot", "earlier"]
    assert [c["state"] for c in await calls(desk, ticket)] == ["cancelled", "due"]


async def test_c050_rules_draw_what_must_not_be_left_to_chance(desk: Desk) -> None:
    await made(desk, 0, always=["urgent", "reopened"])
    plain, urgent = await repaired(desk), await repaired(desk, urgency="urgent")
    assert (await calls(desk, plain), len(await calls(desk, urgent))) == ([], 1)
    await desk.do(plain, "reopen", reason="未修好")
    await desk.do(plain, "dispatch", assignee_id=str(desk.engineer))
    await desk.do(plain, "complete", result="再次更换")
    assert [lot["reason"] for lot in await lots(desk, ticket_id=plain["id"])] == ["lot", "reopened"]
    assert len(await calls(desk, plain)) == 1


async def test_c050_the_plan_of_the_nearest_org_unit_counts(desk: Desk) -> None:
    register = desk.register
    (branch,) = await register.stored("org-units", [{"external_id": "B1", "name": "分公司", "kind": "branch"}])
    below = Desk(register, await register.community("BX", unit="B1"))
    await made(desk, 0)
    near = await made(desk, 100, branch)
    assert await calls(desk, await repaired(desk)) == []
    (found,) = await calls(below, await repaired(below))
    assert found["plan_id"] == near["id"]


async def test_c052_complaints_are_never_sampled(desk: Desk) -> None:
    refused = await desk.register.post("/revisit-plans", plan(desk.register.org, 10, kind="complaint"))
    assert (refused.status_code, refused.json()["code"]) == (422, "ticketing.revisit_plan.invalid")
    assert [e["path"] for e in refused.json()["errors"]] == ["kind"]
    assert (await desk.due_call(await desk.handled()))["plan_id"] is None


async def test_plans_made_at_once_leave_one_in_force(desk: Desk) -> None:
    answers = await asyncio.gather(
        *(desk.register.post("/revisit-plans", plan(desk.register.org, n)) for n in (10, 20, 30, 40))
    )
    assert [a.status_code for a in answers] == [201] * 4
    in_force = (await desk.register.get("/revisit-plans", in_force=True)).json()["items"]
    assert len(in_force) == 1
    id = in_force[0]["id"]
    ended = await asyncio.gather(*(desk.register.post(f"/revisit-plans/{id}/end", None) for _ in range(2)))
    assert sorted(a.status_code for a in ended) == [200, 409]


async def test_the_service_desk_does_not_set_the_rate_it_is_judged_by(desk: Desk) -> None:
    for role in ("supervisor", "cs_manager", "project_manager", "clerk"):
        answer = await desk.register.post("/revisit-plans", plan(desk.register.org), desk.staff(role))
        assert answer.status_code == 403, role
    assert (await desk.register.post("/revisit-plans", plan(desk.register.org), desk.staff("qa"))).status_code == 201


async def test_plans_and_lots_of_others_are_unknown(
    desk: Desk, other_org: Callable[[], Awaitable[UUID]], world: World
) -> None:
    (branch,) = await desk.register.stored("org-units", [{"external_id": "B2", "name": "分公司", "kind": "branch"}])
    mine = await made(desk)
    await repaired(desk)
    for headers in (desk.register.staff("qa", [branch]), world.token("qa", await other_org())):
        assert (await desk.register.get(f"/revisit-plans/{mine['id']}", headers)).status_code == 404
        assert (await desk.register.post(f"/revisit-plans/{mine['id']}/end", None, headers)).status_code == 404
        assert (await desk.register.post("/revisit-plans", plan(desk.register.org), headers)).status_code == 404
        assert (await desk.register.get("/revisit-plans", headers)).json()["items"] == []
        assert (await desk.register.get("/revisit-draws", headers)).json()["items"] == []
    assert (await desk.register.get(f"/revisit-plans/{uuid4()}")).status_code == 404


async def test_lots_are_listed_in_pages(desk: Desk) -> None:
    await made(desk, 0)
    wanted = {(await repaired(desk))["id"] for _ in range(3)}
    seen, cursor = [], None
    while True:
        body = (await desk.register.get("/revisit-draws", limit=2, **({"cursor": cursor} if cursor else {}))).json()
        seen += [lot["ticket_id"] for lot in body["items"]]
        cursor = body["next"]
        if cursor is None:
            break
    assert len(seen) == 3 and set(seen) == wanted


async def test_c050_a_completion_told_late_is_due_from_when_the_work_was_done(desk: Desk, standing: Clock) -> None:
    clock = standing(NOON)
    await made(desk)
    ticket = await desk.ticket("repair", fields={"category": "water"})
    await desk.do(ticket, "dispatch", assignee_id=str(desk.engineer))
    clock.by(5 * H)
    await desk.do(ticket, "complete", result="x", occurred_at=z(NOON + H), late_reason="维修单迟交")
    (revisit,) = await calls(desk, ticket)
    assert revisit["due_at"] == z(NOON + H + 3 * D)
