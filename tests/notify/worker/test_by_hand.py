"""Messages that people bring where an organisation's route names it: tasks, letters, results; and routes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.notify.models import hand_tasks
from shared.ids import uuid7
from tests.notify.support import Feed
from tests.notify.worker.desk import Desk, desk_of
from tests.support.world import World

DAY = datetime.fromisoformat("2025-03-07T10:00:00+08:00")
TASKS, ROUTES, PROOF = "/notify/v1/tasks", "/notify/v1/routes", "ab" * 32


@pytest.fixture
async def desk(
    world: World, org: UUID, monkeypatch: pytest.MonkeyPatch, standing: Callable[[datetime], Any]
) -> AsyncIterator[Desk]:
    standing(DAY)
    async with desk_of(Feed(world.runtime("notify"), org), monkeypatch) as found:
        yield found


async def route(api: httpx.AsyncClient, world: World, org: UUID, *channels: str) -> None:
    body = {"message_class": "dunning", "channels": list(channels)}
    said = await api.post(ROUTES, headers=world.token("cs_manager", org), json=body)
    assert said.status_code == 200, said.text


async def remind(desk: Desk) -> None:
    await desk.remind()
    for _ in range(3):
        await desk.run()


async def only_task(api: httpx.AsyncClient, who: dict[str, str]) -> dict[str, Any]:
    [task] = (await api.get(TASKS, headers=who, params={"state": "open"})).json()["items"]
    found: dict[str, Any] = task
    return found


async def test_people_are_asked_only_where_a_route_names_them(desk: Desk, api: httpx.AsyncClient, world: World) -> None:
    await remind(desk)
    assert await desk.rows(hand_tasks) == []
    await route(api, world, desk.feed.org, "sms", "call", "letter")
    await desk.remind("1-2")
    for _ in range(3):
        await desk.run()
    assert [state for _, state in await desk.states()][-2:] == ["failed", "asked"]  # no template of ours is approved


async def test_a_call_that_reaches_the_person_is_the_messages_end(
    desk: Desk, api: httpx.AsyncClient, world: World
) -> None:
    org = desk.feed.org
    await route(api, world, org, "call")
    await remind(desk)
    clerk, other = world.token("clerk", org, sub=uuid7()), world.token("clerk", org, sub=uuid7())
    task = await only_task(api, clerk)
    assert (task["kind"], task["person"], task["due_at"]) == ("call", "王*", "2025-03-10T02:00:00Z")
    assert "13800138000" not in str(task)
    url = f"{TASKS}/{task['id']}"
    away = world.token("clerk", org, units=[uuid7()])
    assert (await api.post(f"{url}/take", headers=away)).status_code == 404
    opened = (await api.post(f"{url}/take", headers=clerk)).json()
    assert (opened["person"], opened["phone"]) == ("王小明", "13800138000") and "213.42" in opened["body"]
    assert (await api.post(f"{url}/take", headers=other)).json()["code"] == "notify.task.taken"
    for wrong in (
        {"result": "posted"},
        {"result": "reached", "at": "2025-03-07T03:00:00Z"},
        {"result": "reached", "at": "2025-03-01T03:00:00Z"},
    ):
        said = await api.post(f"{url}/result", headers=clerk, json=wrong)
        assert (said.status_code, said.json()["code"]) == (422, "notify.task.result_wrong"), said.text
    done = await api.post(f"{url}/result", headers=clerk, json={"result": "reached", "note": "本人接听"})
    assert (done.json()["state"], done.json()["result"]) == ("done", "reached")
    again = await api.post(f"{url}/result", headers=clerk, json={"result": "refused"})
    assert (again.status_code, again.json()["code"]) == (409, "notify.task.settled")
    assert await desk.states() == [("call", "delivered")]
    assert await desk.told() == ["message.delivered.v1", "message.confirmed.v1"]
    assert [outcome for _, outcome in await desk.asked()] == ["asked", "sent"]


async def test_nobody_reached_the_next_channel_has_it_and_a_letter_is_printed_and_put_on_the_door(
    desk: Desk, api: httpx.AsyncClient, world: World
) -> None:
    org = desk.feed.org
    await route(api, world, org, "call", "letter")
    await remind(desk)
    clerk = world.token("clerk", org, sub=uuid7())
    call = await only_task(api, clerk)
    early = await api.post(f"{TASKS}/{call['id']}/letter.pdf", headers=clerk)
    assert (early.status_code, early.json()["code"]) == (409, "notify.task.not_a_letter")
    await api.post(f"{TASKS}/{call['id']}/result", headers=clerk, json={"result": "no_answer"})
    for _ in range(2):
        await desk.run()
    task = await only_task(api, clerk)
    url = f"{TASKS}/{task['id']}"
    assert (task["kind"], task["place"]) == ("letter", "翠湖花园 1-1")
    unprinted = await api.post(f"{url}/result", headers=clerk, json={"result": "posted"})
    assert (unprinted.status_code, unprinted.json()["code"]) == (409, "notify.task.not_printed")
    first = await api.post(f"{url}/letter.pdf", headers=clerk)
    second = await api.post(f"{url}/letter.pdf", headers=clerk)
    assert first.status_code == 200 and first.content.startswith(b"%PDF") and first.content == second.content
    bare = await api.post(f"{url}/result", headers=clerk, json={"result": "door"})
    assert [e["path"] for e in bare.json()["errors"]] == ["proof_sha256"]
    done = await api.post(f"{url}/result", headers=clerk, json={"result": "door", "proof_sha256": PROOF})
    row = done.json()
    assert (row["state"], row["number"], row["proof_sha256"]) == ("done", first.headers["x-document-number"], PROOF)
    assert row["printed_at"] and row["printed_by"] == row["done_by"] and len(row["content_hash"]) == 64
    assert await desk.states() == [("call", "failed"), ("letter", "delivered")]


async def test_a_supervisor_puts_a_task_on_somebodys_list(desk: Desk, api: httpx.AsyncClient, world: World) -> None:
    org, butler = desk.feed.org, uuid7()
    feed = desk.feed
    await feed.apply([feed.event("staff.upserted.v1", butler, {"roles": ["butler"], "units": [str(org)]})])
    await route(api, world, org, "visit")
    await remind(desk)
    boss = world.token("supervisor", org)
    task = await only_task(api, boss)
    url = f"{TASKS}/{task['id']}/assign"
    unknown = await api.post(url, headers=boss, json={"assignee_id": str(uuid7())})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "notify.task.assignee_unknown")
    assert (await api.post(url, headers=boss, json={"assignee_id": str(butler)})).status_code == 200
    mine = await api.get(TASKS, headers=world.token("butler", org, sub=butler), params={"mine": "true"})
    assert [item["id"] for item in mine.json()["items"]] == [task["id"]]
    assert (await api.get(TASKS, headers=boss, params={"overdue": "true"})).json()["items"] == []


async def test_nothing_is_brought_to_an_erased_person(desk: Desk, api: httpx.AsyncClient, world: World) -> None:
    await route(api, world, desk.feed.org, "call")
    await remind(desk)
    [task] = await desk.rows(hand_tasks)
    await desk.feed.apply([desk.feed.event("person.erased.v1", task.person_id, {}, seq=2)])
    [task] = await desk.rows(hand_tasks)
    assert task.state == "cancelled"
    assert await desk.states() == [("call", "cancelled")]


async def test_routes_name_channels_there_are_each_once(api: httpx.AsyncClient, world: World, org: UUID) -> None:
    manager = world.token("cs_manager", org)
    for channels in ([], ["sms", "sms"], ["pigeon"], ["inbox"]):
        said = await api.post(ROUTES, headers=manager, json={"message_class": "dunning", "channels": channels})
        assert (said.status_code, said.json()["code"]) == (422, "notify.route.wrong")
    strange = await api.post(ROUTES, headers=manager, json={"message_class": "x", "channels": ["sms"]})
    assert strange.status_code == 422
    await route(api, world, org, "letter")
    said = await api.post(ROUTES, headers=manager, json={"message_class": "dunning", "channels": None})
    [dunning] = [item for item in said.json()["items"] if item["message_class"] == "dunning"]
    assert dunning["channels"][0] == "sms" and dunning["own"] is False


async def test_unread_messages_are_counted_and_read_together(desk: Desk, api: httpx.AsyncClient, world: World) -> None:
    home = await desk.feed.household()
    for _ in range(3):
        await desk.feed.apply(desk.feed.bills([home]))
    me = world.token("resident", desk.feed.org, units=[home[0]], sub=home[1])
    assert (await api.get("/notify/v1/inbox/unread", headers=me)).json() == {"unread": 3}
    first = (await api.get("/notify/v1/inbox", headers=me)).json()["items"][0]["id"]
    one = await api.post("/notify/v1/inbox/read", headers=me, json={"ids": [first, str(uuid7())]})
    assert one.json() == {"unread": 2}
    assert (await api.post("/notify/v1/inbox/read", headers=me, json={"ids": None})).json() == {"unread": 0}
