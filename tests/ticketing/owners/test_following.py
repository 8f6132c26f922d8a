"""One case live: by long poll and by server-sent events, to whom it may concern and at no cost while it rests."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from services.ticketing.models import relations
from shared.auth.tokens import mint_token, user_claims
from shared.messaging import sequencer
from tests.support.world import ISSUER
from tests.ticketing.cases import Desk


async def news(desk: Desk, ticket: dict[str, Any], headers: dict[str, str] | None = None, **query: Any) -> Any:
    """What is new on a case, of the owner unless told otherwise."""
    return await desk.register.get(f"/tickets/{ticket['id']}/changes", headers or desk.owner(), **query)


async def stamp(desk: Desk) -> None:
    """What the worker's sequencer does after every commit."""
    while await sequencer.stamp(desk.register.world.runtime("ticketing").db, desk.register.org) is not None:
        pass


async def waiting(desk: Desk, many: int) -> None:
    """Until so many hang on the bells of the organisation."""
    watch = desk.register.world.apps["ticketing"].state.subject_watch
    async with asyncio.timeout(20):
        while True:
            here = watch._listeners.get(desk.register.org)
            if here is not None and here.ready.is_set() and sum(map(len, here.bells.values())) == many:
                return
            await asyncio.sleep(0.02)


async def test_d063_a_long_poll_is_answered_when_something_public_is_added_and_not_before(desk: Desk) -> None:
    ticket = await desk.ticket(headers=desk.owner())
    begin = (await news(desk, ticket)).json()
    assert [e["action"] for e in begin["items"]] == ["create"] and begin["after"] == begin["items"][-1]["id"]
    assert (begin["more"], begin["state"]) == (False, "received")
    poll = asyncio.create_task(news(desk, ticket, after=begin["after"], wait=20))
    await waiting(desk, 1)
    await desk.do(ticket, "follow-up-note", note="业主态度激动")
    await stamp(desk)
    await asyncio.sleep(0.6)
    assert not poll.done()  # what staff note among themselves wakes nobody outside
    await desk.do(ticket, "respond", note="已致电")
    await stamp(desk)
    async with asyncio.timeout(3):
        answer = await poll
    body = answer.json()
    assert [e["action"] for e in body["items"]] == ["respond"] and body["state"] == "responded"
    nothing = (await news(desk, ticket, after=body["after"], wait=0.2)).json()
    assert (nothing["items"], nothing["after"]) == ([], body["after"])


async def test_what_happens_between_two_polls_is_not_lost(desk: Desk) -> None:
    ticket = await desk.ticket()
    after = (await news(desk, ticket)).json()["after"]
    seen: list[str] = []
    actions = ["respond", *["follow-up-note"] * 5]

    async def work() -> None:
        for action in actions:
            body: dict[str, Any] = {"note": "进展", "public": True} if action == "follow-up-note" else {}
            await desk.do(ticket, action, **body)
            await stamp(desk)

    working = asyncio.create_task(work())
    async with asyncio.timeout(20):
        while len(seen) < len(actions):
            body = (await news(desk, ticket, after=after, wait=5, limit=2)).json()
            seen += [e["action"] for e in body["items"]]
            after = body["after"]
    await working
    assert seen == actions


async def test_two_hundred_who_wait_hold_no_connection(desk: Desk) -> None:
    tickets = [await desk.ticket(n=n) for n in range(3)]
    after = [(await news(desk, t, desk.owner(n))).json()["after"] for n, t in enumerate(tickets)]
    polls = [
        asyncio.create_task(news(desk, tickets[n % 3], desk.owner(n % 3), after=after[n % 3], wait=25))
        for n in range(200)
    ]
    await waiting(desk, 200)
    db = desk.register.world.runtime("ticketing").db
    async with asyncio.timeout(15), AsyncExitStack() as held:
        # Once all have looked, every connection is free but one: that is for the listener's own look at the head.
        for _ in range(db.settings.pool_size - 1):
            await held.enter_async_context(db.app.take())
    async with asyncio.timeout(5):
        await desk.do(tickets[0], "respond")
        await stamp(desk)
        answers = await asyncio.gather(*(p for n, p in enumerate(polls) if n % 3 == 0))
    assert {a.json()["items"][0]["action"] for a in answers} == {"respond"}
    assert not any(p.done() for n, p in enumerate(polls) if n % 3)  # other cases stay asleep
    for poll in polls:
        poll.cancel()
    await asyncio.gather(*polls, return_exceptions=True)
    await waiting_is_over(desk)


async def waiting_is_over(desk: Desk) -> None:
    """Whoever hung up leaves nothing behind."""
    watch = desk.register.world.apps["ticketing"].state.subject_watch
    async with asyncio.timeout(10):
        while (here := watch._listeners.get(desk.register.org)) is not None and here.bells:
            await asyncio.sleep(0.02)


async def test_strangers_and_those_who_moved_out_learn_nothing(desk: Desk) -> None:
    ticket = await desk.ticket()
    assert (await news(desk, ticket, desk.owner(1), wait=5)).status_code == 404
    after = (await news(desk, ticket)).json()["after"]
    poll = asyncio.create_task(news(desk, ticket, after=after, wait=20))
    await waiting(desk, 1)
    await moved_out(desk)
    await desk.do(ticket, "respond")
    await stamp(desk)
    async with asyncio.timeout(3):
        assert (await poll).status_code == 404


async def moved_out(desk: Desk) -> None:
    """The owner of the first dwelling sold it long ago; their token knows nothing of that."""
    async with desk.register.world.runtime("ticketing").db.tx(desk.register.org) as tx:
        await tx.execute(
            update(relations)
            .where(relations.c.org_id == tx.org_id, relations.c.person_id == desk.community.people[0])
            .values(until=relations.c.since)
        )


async def stream(desk: Desk, ticket: dict[str, Any], who: dict[str, str], seen: list[str], **headers: str) -> None:
    """Read an event stream through bare ASGI, for httpx's transport waits for the end of an answer."""
    path = f"/ticketing/v1/tickets/{ticket['id']}/stream"
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "server": ("ticketing", 80),
        "client": ("127.0.0.1", 1),
        "headers": [(k.lower().encode(), v.encode()) for k, v in {**who, **headers}.items()],
    }

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(3600)
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        seen.append(message.get("body", b"").decode())

    await desk.register.world.apps["ticketing"](scope, receive, send)  # type: ignore[arg-type]


async def until(seen: list[str], text: str) -> None:
    async with asyncio.timeout(5):
        while text not in "".join(seen):
            await asyncio.sleep(0.02)


async def test_a_stream_tells_each_public_line_and_goes_on_where_it_was(desk: Desk) -> None:
    ticket = await desk.ticket()
    seen: list[str] = []
    running = asyncio.create_task(stream(desk, ticket, desk.owner(), seen))
    await until(seen, "event: create")
    await waiting(desk, 1)
    await desk.do(ticket, "follow-up-note", note="内部：备件不足")
    await desk.do(ticket, "respond")
    await stamp(desk)
    await until(seen, "event: respond")
    running.cancel()
    text = "".join(seen)
    assert "内部" not in text and "follow-up-note" not in text
    blocks = [b.splitlines() for b in text.split("\n\n") if b.startswith("id: ")]
    told = json.loads(blocks[-1][2].removeprefix("data: "))
    assert told["ticket"]["state"] == "responded" and blocks[-1][0] == f"id: {told['id']}"
    again: list[str] = []
    first = blocks[0][0].removeprefix("id: ")
    running = asyncio.create_task(stream(desk, ticket, desk.owner(), again, **{"Last-Event-ID": first}))
    await until(again, "event: respond")
    running.cancel()
    assert "event: create" not in "".join(again)


async def test_a_stream_ends_when_reach_does_and_with_the_token(desk: Desk) -> None:
    ticket = await desk.ticket()
    seen: list[str] = []
    running = asyncio.create_task(stream(desk, ticket, desk.owner(), seen))
    await until(seen, "event: create")
    await waiting(desk, 1)
    await moved_out(desk)
    await desk.do(ticket, "respond")
    await stamp(desk)
    async with asyncio.timeout(5):
        await running
    assert "event: end" in "".join(seen) and "event: respond" not in "".join(seen)
    home, who = [desk.community.units[1]], desk.community.people[1]
    claims = user_claims(sub=who, org=desk.register.org, roles=["resident"], units=home)
    short = {"Authorization": f"Bearer {mint_token(ISSUER, claims, timedelta(seconds=-4))}"}  # within the leeway
    other = await desk.ticket(n=1)
    late: list[str] = []
    async with asyncio.timeout(8):
        await stream(desk, other, short, late)
    assert late[-1] == ""


async def test_ones_own_list_says_what_waits_for_one(desk: Desk) -> None:
    ticket = await desk.handled()
    await desk.ticket("repair", n=1)
    mine = (await desk.register.get("/my/tickets", desk.owner())).json()["items"]
    (row,) = mine
    assert row["id"] == ticket["id"] and row["mine"] and row["kind_name"] == {"zh": "投诉", "en": "Complaint"}
    assert row["waits_for_me"] == ["sign", "rate"] and row["urged"] == {"times": 0, "last_at": None}
    assert "assignee_id" not in row and "contact" not in row and str(desk.engineer) not in json.dumps(row)
    await desk.do(ticket, "rate", desk.owner(), score=90)
    await desk.do(ticket, "sign", desk.owner(), signer_name="张1伟", method="app")
    assert (await desk.register.get("/my/tickets", desk.owner(), open=True)).json()["items"] == []
    (row,) = (await desk.register.get("/my/tickets", desk.owner(), open=False)).json()["items"]
    assert row["waits_for_me"] == [] and row["state_name"]["zh"] == "已结案"
    assert (await desk.register.get("/my/tickets", desk.staff())).status_code == 403


@pytest.mark.parametrize("query", [{"wait": 26}, {"after": "x"}, {"limit": 101}])
async def test_a_poll_that_cannot_be_is_refused(desk: Desk, query: dict[str, Any]) -> None:
    answer = await news(desk, {"id": str(UUID(int=1))}, **query)
    assert answer.status_code == 422
