"""Talk on a case: replies that both read, notes that owners never do, urging, and taking a reply back."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx

from tests.shared.files import samples
from tests.ticketing.cases import NOON, Desk, M, S
from tests.ticketing.support import BASE


async def reply(desk: Desk, ticket: dict[str, Any], headers: dict[str, str], text: str, **more: Any) -> httpx.Response:
    return await desk.try_(ticket, "replies", headers, text=text, **more)


async def sent(desk: Desk, headers: dict[str, str]) -> str:
    photo = {"file": ("photo.jpg", samples.photo(), "image/jpeg")}
    answer = await desk.register.api.post(f"{BASE}/files", files=photo, headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def words(desk: Desk, ticket: dict[str, Any], headers: dict[str, str] | None = None) -> list[str | None]:
    return [e["data"].get("text") for e in await desk.entries(ticket, headers) if e["action"] == "reply"]


async def test_b007_a_reply_is_the_response_only_when_an_employee_says_so(desk: Desk, standing: Any) -> None:
    clock = standing(NOON)
    ticket, clerk = await desk.ticket(headers=desk.owner()), desk.staff()
    for told in ({"responds": True}, {"responds": True, "automatic": True}):
        who = desk.owner() if len(told) == 1 else clerk
        wrong = await reply(desk, ticket, who, "收到", **told)
        assert (wrong.status_code, wrong.json()["errors"][0]["path"]) == (422, "responds")
    assert (await reply(desk, ticket, clerk, "系统已收到您的投诉", automatic=True)).status_code == 201
    plain = await reply(desk, ticket, clerk, "请问是哪一部电梯？")
    assert plain.json()["responded"] is False
    assert (await desk.states(ticket))["complaint.response"] == "running"
    clock.by(10 * M)
    real = await reply(desk, ticket, clerk, "工程师二十分钟内到场", responds=True)
    assert real.json()["responded"] is True, real.text
    assert (await desk.states(ticket))["complaint.response"] == "met"
    stored = (await desk.register.get(f"/tickets/{ticket['id']}")).json()
    assert stored["state"] == "responded" and stored["responded_at"] == "2025-03-07T01:10:00Z"
    again = await reply(desk, ticket, clerk, "已在路上", responds=True)
    assert again.json()["responded"] is False  # the first one stands
    assert len(await desk.register.events("ticket.responded.v1")) == 1
    said = [e["data"] for e in await desk.register.events("ticket.replied.v1")]
    assert [e["automatic"] for e in said] == [True, False, False, False]
    assert [e["responded"] for e in said] == [False, False, True, False]
    assert "工程师" not in str(said)  # an event carries no words


async def test_d063_owner_and_staff_read_each_other_and_nobody_else_does(desk: Desk) -> None:
    owner, clerk = desk.owner(), desk.staff()
    ticket = await desk.ticket("repair", headers=owner)
    photo = await sent(desk, owner)
    assert (await reply(desk, ticket, owner, "三点后有人", attachments=[photo])).status_code == 201
    assert (await reply(desk, ticket, clerk, "好的，三点上门")).status_code == 201
    await desk.do(ticket, "follow-up-note", clerk, note="业主上次拒付材料费")
    assert await words(desk, ticket, owner) == await words(desk, ticket) == ["三点后有人", "好的，三点上门"]
    assert "拒付" in str(await desk.entries(ticket)) and "拒付" not in str(await desk.entries(ticket, owner))
    assert (await desk.register.get(f"/tickets/{ticket['id']}", owner)).json()["attachments"] == [photo]
    for stranger in (desk.owner(1), desk.register.staff("clerk", [desk.engineer])):
        assert (await reply(desk, ticket, stranger, "x")).status_code == 404
    # what an owner writes is public whatever they ask for
    await desk.do(ticket, "follow-up-note", owner, note="请尽快", public=False)
    assert "请尽快" in str(await desk.entries(ticket, owner))
    noted = [e["data"]["internal"] for e in await desk.register.events("ticket.noted.v1")]
    assert noted == [True, False]


async def test_residents_do_not_even_hear_that_staff_noted_something(desk: Desk) -> None:
    ticket = await desk.ticket(headers=desk.owner())
    await desk.do(ticket, "follow-up-note", note="内部")
    await reply(desk, ticket, desk.staff(), "您好")
    await desk.register.world.drain(desk.register.org, timers=False)
    heard = {}
    for name, who in (("owner", desk.owner()), ("staff", desk.staff())):
        page = (await desk.register.get("/changes", who)).json()["items"]
        heard[name] = [e["type"] for e in page if e["subject"] == ticket["id"]]
    assert "ticket.noted.v1" in heard["staff"] and "ticket.noted.v1" not in heard["owner"]
    assert "ticket.replied.v1" in heard["owner"]


async def test_orders_among_staff_stay_among_them(desk: Desk) -> None:
    ticket = await desk.ticket("repair")
    await desk.do(ticket, "dispatch", assignee_id=str(desk.engineer), note="这户难缠，带齐单据")
    assert "难缠" in str(await desk.entries(ticket)) and "难缠" not in str(await desk.entries(ticket, desk.owner()))


async def test_an_urge_is_counted_told_and_moves_nothing(desk: Desk, standing: Any) -> None:
    clock = standing(NOON)
    ticket = await desk.ticket("repair", headers=desk.owner())
    await desk.do(ticket, "dispatch", assignee_id=str(desk.engineer))
    before = {code: (c["state"], c["due_at"]) for code, c in (await desk.clocks(ticket)).items()}
    first = await desk.try_(ticket, "urge", desk.owner(), note="水漫到客厅")
    assert (first.status_code, first.json()["times"], first.json()["next_at"]) == (200, 1, "2025-03-07T01:30:00Z")
    clock.by(30 * M - S)
    soon = await desk.try_(ticket, "urge", desk.staff())  # nor by the clerk for the owner on the phone
    assert (soon.status_code, soon.json()["code"]) == (409, "ticketing.ticket.urged_already")
    clock.by(S)
    assert (await desk.try_(ticket, "urge", desk.staff())).json()["times"] == 2
    assert {code: (c["state"], c["due_at"]) for code, c in (await desk.clocks(ticket)).items()} == before
    told = [e["data"] for e in await desk.register.events("ticket.urged.v1")]
    assert [(e["times"], e["by_owner"]) for e in told] == [(1, True), (2, False)]
    assert (told[0]["assignee_id"], told[0]["role"]) == (str(desk.engineer), "supervisor")
    (row,) = (await desk.register.get("/my/tickets", desk.owner())).json()["items"]
    assert row["urged"] == {"times": 2, "last_at": "2025-03-07T01:30:00Z"}
    assert [e["action"] for e in await desk.entries(ticket, desk.owner())].count("urge") == 2
    await desk.do(ticket, "complete", result="已修")
    done = await desk.try_(ticket, "urge", desk.owner())
    assert (done.status_code, done.json()["code"]) == (409, "ticketing.ticket.nothing_to_urge")


async def test_of_ten_who_urge_at_once_one_does(desk: Desk) -> None:
    ticket = await desk.ticket(headers=desk.owner())
    answers = await asyncio.gather(*(desk.try_(ticket, "urge", desk.owner()) for _ in range(10)))
    assert sorted(a.status_code for a in answers) == [200] + [409] * 9
    assert len(await desk.register.events("ticket.urged.v1")) == 1
    assert (await desk.try_(ticket, "urge", desk.owner(1))).status_code == 404


async def test_how_often_one_may_urge_is_the_org_units_to_set(desk: Desk, standing: Any) -> None:
    clock = standing(NOON)
    body = {"org_unit_id": str(desk.register.org), "habits": {"urge_every_seconds": 300}}
    set_ = await desk.register.post("/clock-policies", body)
    assert set_.status_code in (200, 201), set_.text
    await desk.register.world.drain(desk.register.org, timers=False)
    ticket = await desk.ticket(headers=desk.owner())
    assert (await desk.try_(ticket, "urge", desk.owner())).status_code == 200
    clock.by(timedelta(minutes=5))
    assert (await desk.try_(ticket, "urge", desk.owner())).status_code == 200


async def test_a_reply_is_taken_back_with_a_trace_while_it_is_fresh(desk: Desk, standing: Any) -> None:
    clock = standing(NOON)
    owner, clerk = desk.owner(), desk.staff(sub=desk.caller)
    ticket = await desk.ticket(headers=owner)
    photo = await sent(desk, clerk)
    wrong = (await reply(desk, ticket, clerk, "302的王先生您好", attachments=[photo])).json()
    path = f"replies/{wrong['id']}/withdraw"
    for stranger in (owner, desk.staff()):
        assert (await desk.try_(ticket, path, stranger)).status_code == 404  # one's own only
    clock.by(2 * M)
    assert (await desk.try_(ticket, path, clerk, reason="发错")).status_code == 204
    assert (await desk.try_(ticket, path, clerk)).status_code == 404
    for reader in (owner, clerk):
        assert await words(desk, ticket, reader) == [None]
        assert [e["action"] for e in await desk.entries(ticket, reader)][-2:] == ["reply", "withdraw-reply"]
    assert (await desk.register.get(f"/files/{photo}", owner)).status_code == 404
    assert (await desk.register.get(f"/files/{photo}", clerk)).status_code == 200
    late = (await reply(desk, ticket, clerk, "第二条")).json()
    clock.by(2 * M + S)
    gone = await desk.try_(ticket, f"replies/{late['id']}/withdraw", clerk)
    assert (gone.status_code, gone.json()["code"]) == (409, "ticketing.reply.too_late")
    counted = (await reply(desk, ticket, clerk, "工程师马上到", responds=True)).json()
    kept = await desk.try_(ticket, f"replies/{counted['id']}/withdraw", clerk)
    assert kept.status_code == 409  # the evidence of a promise kept is not unsaid
