"""Reports sent later: in the order of their time, each with its own outcome, and the same answer to a replay."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

from tests.support.world import Standing
from tests.ticketing.cases import z
from tests.ticketing.field.support import NINE, Crew

M = timedelta(minutes=1)


def said(client_id: str, action: str, at: datetime, ticket: Any = None, order: Any = None, **body: Any) -> Any:
    about = {"order_id": order["id"]} if order else {"ticket_id": ticket["id"]}
    return {"client_id": client_id, "action": action, "occurred_at": z(at), "body": body, **about}


async def sync(crew: Crew, by: str, *commands: Any) -> list[dict[str, Any]]:
    answer = await crew.send("/field/sync", by, commands=list(commands))
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["outcomes"]
    return found


async def test_a_morning_without_a_signal_is_told_in_order_and_the_clocks_see_when_it_happened(
    crew: Crew, clock: Standing
) -> None:
    eva = await crew.engineer("eva", "water")
    ticket = await crew.repair(urgency="urgent")
    order = await crew.give(ticket, engineer_id=str(eva))
    clock.to(NINE + 5 * 60 * M)
    await crew.register.fire_timers()
    assert (await crew.desk.states(ticket))["repair.arrival"] == "breached"  # as far as we knew
    line = {"what": "labour", "name": "更换", "quantity": "30", "price": {"amount": "80.00"}}
    outcomes = await sync(
        crew,
        "eva",
        said("d-4", "complete", NINE + 90 * M, ticket, result="已修好"),
        said("d-3", "draft-slip", NINE + 80 * M, ticket, lines=[line]),
        said("d-1", "accept-order", NINE + 5 * M, order=order),
        said("d-2", "arrive", NINE + 25 * M, ticket, place="厨房"),
    )
    assert [(o["client_id"], o["status"]) for o in outcomes] == [(f"d-{n}", 200) for n in (4, 3, 1, 2)]
    case = await crew.case(ticket)
    assert (case["state"], case["arrived_at"], case["completed_at"]) == (
        "completed",
        z(NINE + 25 * M),
        z(NINE + 90 * M),
    )
    assert (await crew.desk.states(ticket))["repair.arrival"] == "withdrawn"
    late = [e for e in await crew.desk.entries(ticket) if e["action"] == "arrive"]
    assert "无信号" in late[0]["late_reason"]
    assert [o["state"] for o in await crew.orders(ticket)] == ["done"]
    slips = await crew.company.get(f"/tickets/{ticket['id']}/slips", "boss")
    assert [s["total"]["amount"] for s in slips["items"]] == ["40.00"]


async def test_what_is_refused_takes_nothing_with_it_and_is_answered_the_same_again(crew: Crew) -> None:
    eva = await crew.engineer("eva", "water")
    ticket, gone = await crew.repair(), await crew.repair()
    await crew.desk.do(ticket, "dispatch", assignee_id=str(eva))
    await crew.desk.do(gone, "cancel", reason="x")
    commands = [
        said("a", "arrive", NINE, gone),
        said("b", "arrive", NINE, ticket),
        said("c", "complete", NINE, ticket),  # says no result
        said("d", "complete", NINE, {"id": "01955a3e-7c00-7000-8000-000000000003"}, result="x"),
        said("e", "follow-up-note", NINE, ticket, note="缺配件"),
    ]
    first = await sync(crew, "eva", *commands)
    assert [(o["status"], o["code"]) for o in first] == [
        (409, "ticketing.ticket.not_now"),
        (200, None),
        (422, "request.malformed"),
        (404, "ticketing.ticket.unknown"),
        (200, None),
    ]
    assert first[0]["detail"]["zh"] and first[2]["errors"][0]["path"] == "body.result"
    version = (await crew.case(ticket))["version"]
    again = await sync(crew, "eva", *commands)
    assert [o.pop("replayed") for o in again] == [True] * 5
    assert again == [{k: v for k, v in o.items() if k != "replayed"} for o in first]
    assert (await crew.case(ticket))["version"] == version
    (other,) = await sync(crew, "eva", said("b", "arrive", NINE, gone))
    assert (other["status"], other["code"]) == (409, "idempotency.key.reused")


async def test_the_same_reports_sent_twice_at_once_are_carried_out_once(crew: Crew) -> None:
    eva = await crew.engineer("eva", "water")
    tickets = [await crew.repair() for _ in range(3)]
    for ticket in tickets:
        await crew.desk.do(ticket, "dispatch", assignee_id=str(eva))
    commands = [said(f"n{i}", "follow-up-note", NINE, t, note="现场情况") for i, t in enumerate(tickets)]
    first, second = await asyncio.gather(sync(crew, "eva", *commands), sync(crew, "eva", *reversed(commands)))
    assert {o["status"] for o in (*first, *second)} == {200}
    replays = [o["replayed"] for o in (*first, *second)]
    assert sorted(replays) == [False] * 3 + [True] * 3
    for ticket in tickets:
        notes = [e for e in await crew.desk.entries(ticket) if e["action"] == "follow-up-note"]
        assert len(notes) == 1


async def test_each_command_wants_the_power_of_its_own_endpoint_and_its_own_reach(crew: Crew) -> None:
    ticket = await crew.repair()
    body = {"commands": [said("x", "arrive", NINE, ticket)]}
    answer = await crew.register.post("/field/sync", body, crew.desk.owner())
    assert answer.status_code == 403
    (west,) = await sync(crew, "west_boss", *body["commands"])
    assert (west["status"], west["code"]) == (404, "ticketing.ticket.unknown")
    bad = await crew.send("/field/sync", "boss", commands=[{**body["commands"][0], "ticket_id": None}])
    assert bad.status_code == 422
    gm = crew.register.world.token("gm", crew.register.org)
    guard = crew.register.world.token("security", crew.register.org, units=[crew.company.east])
    for headers, action, status in ((gm, "respond", 200), (guard, "respond", 200), (guard, "complete", 422)):
        one = {"commands": [said(f"{action}-{status}", action, NINE, ticket)]}
        found = (await crew.register.post("/field/sync", one, headers)).json()
        assert found["outcomes"][0]["status"] in (status, 409), found
