"""An organisation's own words: drafted, published, kept for good, and named by the messages that say them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from services.notify.models import messages
from shared.ids import uuid7
from tests.notify.support import Feed
from tests.support.world import World

URL = "/notify/v1/templates/bill.issued"
OURS: dict[str, Any] = {
    "zh": {"title": "翠湖账单：{{ amount }}", "body": "{{ name or '业主' }}：{{ due }} 前请缴 {{ amount }}。"},
    "en": {"title": "Bill: {{ amount }}", "body": "Dear {{ name or 'resident' }}: {{ amount }} by {{ due }}."},
}


@pytest.fixture
def feed(world: World, org: UUID) -> Feed:
    return Feed(world.runtime("notify"), org)


def worded(**parts: str) -> dict[str, Any]:
    return {"zh": {**OURS["zh"], **parts}, "en": OURS["en"]}


async def told(feed: Feed) -> list[Any]:
    async with feed.rt.db.read(feed.org) as tx:
        return list(await tx.rows(select(messages).where(messages.c.org_id == tx.org_id).order_by(messages.c.id)))


async def test_a_published_wording_is_sent_from_then_on_and_messages_say_which(
    feed: Feed, api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    manager, home = world.token("cs_manager", org), await feed.household()
    shipped = (await api.get("/notify/v1/templates", headers=manager, params={"limit": 200})).json()["items"]
    await feed.apply(feed.bills([home]))

    draft = await api.put(f"{URL}/draft", headers=manager, json=OURS)
    assert (draft.status_code, draft.json()["number"], draft.json()["state"]) == (200, 1, "draft")
    await feed.apply(feed.bills([home]))  # a draft is not in force
    published = await api.post(f"{URL}/draft/publish", headers=manager)
    assert (published.status_code, published.json()["state"]) == (200, "published")
    await feed.apply(feed.bills([home]))
    await api.put(f"{URL}/draft", headers=manager, json=worded(title="第二版：{{ amount }}"))
    second = (await api.post(f"{URL}/draft/publish", headers=manager)).json()
    await feed.apply(feed.bills([home]))

    first, before, ours, last = await told(feed)
    assert first.template_version_id is before.template_version_id is None
    assert (ours.title, str(ours.template_version_id), ours.template_version) == (
        "翠湖账单：213.42 元",
        published.json()["id"],
        1,
    )
    assert (last.title, str(last.template_version_id), last.template_version) == ("第二版：213.42 元", second["id"], 2)

    kept = (await api.get(f"{URL}/versions", headers=manager)).json()["items"]
    assert [(v["number"], v["state"], v["zh"]["title"]) for v in kept] == [
        (2, "published", "第二版：{{ amount }}"),
        (1, "published", "翠湖账单：{{ amount }}"),
    ]
    listed = (await api.get("/notify/v1/templates", headers=manager, params={"limit": 200})).json()["items"]
    assert len(listed) == len(shipped)
    assert [(t["code"], t["version"]) for t in listed if t["own"]] == [("bill.issued", 2)]
    [message] = [
        m
        for m in (await api.get("/notify/v1/messages", headers=manager)).json()["items"]
        if m["template_version_id"] == second["id"]
    ]
    assert message["template_version"] == 2


async def test_each_version_is_previewed_with_the_length_of_its_text_message(
    api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    manager = world.token("cs_manager", org)
    body = {locale: {**text, "sms": "{{ amount }} " + "x" * 60} for locale, text in OURS.items()}
    assert (await api.put(f"{URL}/draft", headers=manager, json=body)).status_code == 200

    async def preview(**asked: Any) -> dict[str, Any]:
        found: dict[str, Any] = (await api.post(f"{URL}/preview", headers=manager, json=asked)).json()
        return found

    draft = await preview(version=1, signature="翠湖物业")
    assert draft["title"].startswith("翠湖账单") and draft["sms"]["segments"] == 2
    assert draft["sms"]["characters"] == len(draft["sms"]["text"]) + 6
    assert not (await preview())["title"].startswith("翠湖账单")
    await api.post(f"{URL}/draft/publish", headers=manager)
    assert (await preview())["title"].startswith("翠湖账单")
    assert not (await preview(version=0))["title"].startswith("翠湖账单")
    missing = await api.post(f"{URL}/preview", headers=manager, json={"version": 7})
    assert (missing.status_code, missing.json()["code"]) == (404, "notify.template.version_unknown")


async def test_a_wording_that_cannot_be_sent_is_refused_by_name_and_nothing_is_kept(
    api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    manager = world.token("cs_manager", org)
    wrong = await api.put(f"{URL}/draft", headers=manager, json=worded(title="{{ amont }}", sms="缴费"))
    assert (wrong.status_code, wrong.json()["code"]) == (422, "notify.template.wording_wrong")
    assert {error["path"] for error in wrong.json()["errors"]} == {"zh.title", "en.sms"}
    alone = await api.put(f"{URL}/draft", headers=manager, json={"zh": OURS["zh"]})
    assert alone.status_code == 422
    assert (await api.get(f"{URL}/versions", headers=manager)).json()["items"] == []
    assert (await api.put("/notify/v1/templates/no.such/draft", headers=manager, json=OURS)).status_code == 404
    nothing = await api.post(f"{URL}/draft/publish", headers=manager)
    assert (nothing.status_code, nothing.json()["code"]) == (404, "notify.template.no_draft")


async def test_there_is_one_draft_and_who_read_an_older_one_is_told(
    api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    manager = world.token("cs_manager", org)
    first = await api.put(f"{URL}/draft", headers=manager, json=OURS)
    again = await api.put(f"{URL}/draft", headers=manager, json=worded(title="新题：{{ amount }}"))
    assert (again.json()["id"], again.json()["number"]) == (first.json()["id"], 1)
    stale = {**manager, "If-Match": first.headers["etag"]}
    for method, path in (("PUT", "draft"), ("DELETE", "draft"), ("POST", "draft/publish")):
        body = OURS if method == "PUT" else None
        assert (await api.request(method, f"{URL}/{path}", headers=stale, json=body)).status_code == 412
    assert (await api.delete(f"{URL}/draft", headers={**manager, "If-Match": again.headers["etag"]})).status_code == 204
    assert (await api.get(f"{URL}/versions", headers=manager)).json()["items"] == []


async def test_the_desk_words_and_the_manager_publishes_and_no_other_organisation_sees_it(
    api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    supervisor, clerk = world.token("supervisor", org), world.token("clerk", org)
    assert (await api.put(f"{URL}/draft", headers=clerk, json=OURS)).status_code == 403
    assert (await api.put(f"{URL}/draft", headers=supervisor, json=OURS)).status_code == 200
    assert (await api.post(f"{URL}/draft/publish", headers=supervisor)).status_code == 403
    elsewhere = world.token("cs_manager", uuid7())
    assert (await api.get(f"{URL}/versions", headers=elsewhere)).json()["items"] == []
