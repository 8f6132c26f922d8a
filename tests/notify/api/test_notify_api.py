"""Notify's API: one's own inbox, masked lists for staff, templates and their previews."""

from __future__ import annotations

from uuid import UUID

import httpx
import pytest

from shared.ids import uuid7
from tests.notify.support import Feed
from tests.support.world import World


@pytest.fixture
def feed(world: World, org: UUID) -> Feed:
    return Feed(world.runtime("notify"), org)


async def test_a_resident_reads_their_own_messages_and_marks_them(
    feed: Feed, api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    home, other = await feed.household("1-101"), await feed.household("1-102", name="李四")
    await feed.apply(feed.bills([home, other, home]))
    me = world.token("resident", org, units=[home[0]], sub=home[1])

    page = (await api.get("/notify/v1/inbox", headers=me, params={"limit": 1})).json()
    assert len(page["items"]) == 1 and page["next"]
    rest = (await api.get("/notify/v1/inbox", headers=me, params={"cursor": page["next"]})).json()
    assert len(rest["items"]) == 1 and rest["next"] is None
    assert "213.42 元" in page["items"][0]["title"]
    assert page["items"][0]["read_at"] is None

    first = page["items"][0]["id"]
    read = await api.post(f"/notify/v1/inbox/{first}/read", headers=me)
    assert read.status_code == 200 and read.json()["read_at"]
    again = await api.post(f"/notify/v1/inbox/{first}/read", headers=me)
    assert again.json()["read_at"] == read.json()["read_at"]
    unread = (await api.get("/notify/v1/inbox", headers=me, params={"unread": "true"})).json()
    assert [item["id"] for item in unread["items"]] == [rest["items"][0]["id"]]


async def test_another_residents_message_does_not_exist(
    feed: Feed, api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    home = await feed.household()
    await feed.apply(feed.bills([home]))
    mine = world.token("resident", org, units=[home[0]], sub=home[1])
    message = (await api.get("/notify/v1/inbox", headers=mine)).json()["items"][0]["id"]
    stranger = world.token("resident", org, units=[uuid7()], sub=uuid7())
    answer = await api.post(f"/notify/v1/inbox/{message}/read", headers=stranger)
    assert (answer.status_code, answer.json()["code"]) == (404, "notify.message.unknown")
    assert (await api.get("/notify/v1/inbox", headers=stranger)).json()["items"] == []


async def test_staff_see_messages_masked_with_deliveries_and_attempts(
    feed: Feed, api: httpx.AsyncClient, world: World, org: UUID, mail_is_set_up: None
) -> None:
    home = await feed.household(email="wang@example.com")
    await feed.apply(feed.bills([home]))
    clerk = world.token("clerk", org)
    listed = await api.get("/notify/v1/messages", headers=clerk, params={"template": "bill.issued"})
    [item] = listed.json()["items"]
    assert (item["person"], item["email"]) == ("王*", "w***@example.com")
    assert "王小明" not in listed.text and "wang@example.com" not in listed.text
    assert [(d["channel"], d["state"]) for d in item["deliveries"]] == [("email", "queued")]
    one = await api.get(f"/notify/v1/messages/{item['id']}", headers=clerk)
    assert one.status_code == 200 and one.json()["attempts"] == []
    assert "body" not in one.json()

    statistics = (await api.get("/notify/v1/messages/statistics", headers=clerk)).json()
    assert statistics["messages"] == 1
    assert {"channel": "email", "state": "queued", "count": 1} in statistics["items"]


async def test_a_message_outside_ones_communities_does_not_exist(
    feed: Feed, api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    await feed.apply(feed.bills([await feed.household()]))
    clerk = world.token("clerk", org)
    message = (await api.get("/notify/v1/messages", headers=clerk)).json()["items"][0]["id"]
    elsewhere = world.token("clerk", org, units=[uuid7()])
    assert (await api.get(f"/notify/v1/messages/{message}", headers=elsewhere)).status_code == 404
    assert (await api.get("/notify/v1/messages", headers=elsewhere)).json()["items"] == []


async def test_residents_do_not_see_the_staff_list_nor_a_connected_system_an_inbox(
    api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    resident, system = world.token("resident", org, units=[uuid7()]), world.token("integrator", org)
    assert (await api.get("/notify/v1/messages", headers=resident)).status_code == 403
    assert (await api.get("/notify/v1/inbox", headers=system)).status_code == 403
    assert (await api.get("/notify/v1/inbox")).status_code == 401


async def test_templates_are_listed_and_previewed(api: httpx.AsyncClient, world: World, org: UUID) -> None:
    clerk = world.token("clerk", org)
    page = (await api.get("/notify/v1/templates", headers=clerk, params={"limit": 200})).json()
    codes = [item["code"] for item in page["items"]]
    assert codes == sorted(codes) and "bill.issued" in codes

    url = "/notify/v1/templates/bill.issued/preview"
    plain = await api.post(url, headers=clerk, json={"locale": "en", "name": "Ann"})
    assert plain.status_code == 200 and plain.json()["body"].startswith("Dear Ann")
    wrong = await api.post(url, headers=clerk, json={"variables": {"amount": "many"}})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "notify.template.values_wrong")
    assert "variables.amount" in {error["path"] for error in wrong.json()["errors"]}
    missing = await api.post("/notify/v1/templates/no.such/preview", headers=clerk, json={})
    assert missing.status_code == 404
