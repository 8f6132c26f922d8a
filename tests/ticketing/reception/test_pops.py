"""The screen pop (C-036): what rings at one's own desk, with who it is, and nothing of anybody else's desk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from shared import clock
from shared.auth.tokens import mint_token, user_claims
from tests.support.world import ISSUER, Standing
from tests.ticketing.cases import NOON, Desk, H, M, S
from tests.ticketing.reception.support import CALLER, Exchange

Clock = Callable[[datetime], Standing]


async def pops(exchange: Exchange, headers: dict[str, str] | None = None, **query: Any) -> dict[str, Any]:
    answer = await exchange.desk.register.get("/calls/changes", headers or exchange.headers(), **query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_call_pops_up_at_its_own_clerk_with_all_that_is_known(
    exchange: Exchange, desk: Desk, standing: Clock
) -> None:
    time = standing(NOON)
    ticket = await desk.ticket("repair")
    visit = {"community_id": str(desk.community.id), "person_id": str(desk.community.people[0]), "subject": "问停车"}
    assert (await desk.register.post("/visits", visit)).status_code == 201
    time.to(NOON + H)
    await desk.register.world.drain(desk.register.org, timers=False)
    start = (await pops(exchange))["position"]
    await exchange.tell("a", "offered", NOON + H, number=CALLER, extension="8001")
    await exchange.tell("b", "offered", NOON + H, number="13812340002", extension="8002")
    await desk.register.world.drain(desk.register.org, timers=False)
    found = await pops(exchange, after=start)
    (pop,) = found["items"]
    card = pop["card"]
    assert (pop["event"], card["name"], card["call"]["number"]) == ("call.offered.v1", "张*", "138****0001")
    assert [(u["number"], u["role"]) for u in card["units"]] == [("1-101", "owner")]
    assert [t["number"] for t in card["tickets"]] == [ticket["number"]]
    assert [(c["kind"], c["subject"]) for c in card["contacts"]] == [("visit", "问停车")]
    assert "张1伟" not in str(found) and CALLER not in str(found)
    assert (await pops(exchange, after=found["position"]))["items"] == []
    assert (await pops(exchange, desk.staff(), after=start))["items"] == []  # nobody else's desk


async def test_a_long_poll_is_woken_by_the_call(exchange: Exchange, desk: Desk) -> None:
    start = (await pops(exchange))["position"]
    waiting = asyncio.create_task(pops(exchange, after=start, wait=20))
    await asyncio.sleep(0.05)
    await exchange.tell("a", "offered", clock.now() - S, number=CALLER, extension="8001")
    await desk.register.world.drain(desk.register.org, timers=False)
    found = await asyncio.wait_for(waiting, 15)
    assert [item["event"] for item in found["items"]] == ["call.offered.v1"]


async def test_the_stream_shows_the_call_and_ends_with_the_token(exchange: Exchange, desk: Desk) -> None:
    claims = user_claims(sub=exchange.clerk, org=desk.register.org, roles=["clerk"], units=[desk.register.org])
    headers = {"Authorization": f"Bearer {mint_token(ISSUER, claims, timedelta(seconds=3))}"}
    await exchange.tell("a", "offered", clock.now() - S, number=CALLER, extension="8001")
    await desk.register.world.drain(desk.register.org, timers=False)
    answer = await asyncio.wait_for(desk.register.get("/calls/stream", headers, after=0), 20)
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/event-stream")
    text = answer.text
    assert "event: call.offered.v1" in text and "138****0001" in text and CALLER not in text


async def test_the_seat_is_taken_over_and_left(exchange: Exchange, desk: Desk, standing: Clock) -> None:
    standing(NOON + M)
    second = uuid4()
    await exchange.sit(headers=desk.staff("clerk", second))
    assert (await exchange.call("a", NOON))["clerk_id"] == str(second)
    seat = await desk.register.get("/calls/seat", exchange.headers())
    assert seat.json()["extension"] is None
    left = await desk.register.post("/calls/seat/leave", None, desk.staff("clerk", second))
    assert left.status_code == 200
    assert (await exchange.call("b", NOON))["clerk_id"] is None


async def test_a_card_stops_at_the_clerks_reach(exchange: Exchange, desk: Desk, standing: Clock) -> None:
    """A person with homes in two communities: the clerk of one sees nothing of the other."""
    standing(NOON + M)
    await desk.register.stored(
        "org-units", [{"external_id": code, "name": code, "kind": "branch", "parent": None} for code in ("A", "B")]
    )
    east = await desk.register.community("EA", unit="A")
    await desk.register.community("WE", unit="B")
    both = {"external_id": "R-both", "person": "EA-P1", "unit": "WE-1-1", "role": "owner", "since": "2020-01-01"}
    await desk.register.stored("relations", [both])
    listed = (await desk.register.get("/org-units")).json()["items"]
    (unit,) = [o["id"] for o in listed if o["external_id"] == "A"]
    source = {"kind": "pbx", "name": "热线", "source": "hotline"}
    made = await desk.register.post("/connections", source)
    hotline = Exchange(desk, made.json(), clerk=exchange.clerk)
    await desk.register.stored("people", [{"external_id": "EA-P1", "name": "赵敏", "phone": "13600000001"}])
    call = await hotline.call("h", NOON, number="13600000001")
    assert (call["person_id"], call["community_id"]) == (str(east.people[0]), None)  # which of the two is not known
    everybody = await desk.register.get(f"/calls/{call['id']}/card")
    assert len(everybody.json()["units"]) == 2
    part = desk.register.staff("clerk", [unit])
    assert (await desk.register.get(f"/calls/{call['id']}/card", part)).status_code == 404
    line = await desk.register.post("/connections", {**source, "source": "east", "community_id": str(east.id)})
    near = Exchange(desk, line.json())
    call = await near.call("n", NOON, number="13600000001")
    card = (await desk.register.get(f"/calls/{call['id']}/card", part)).json()
    assert [u["community_id"] for u in card["units"]] == [str(east.id)]
