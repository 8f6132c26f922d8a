"""The proof of a message: what was said, who was asked, what came of it, and that nobody altered it since."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from services.notify.domain.channels import Receipt
from services.notify.models import deliveries, messages
from services.notify.receipts.service import record
from shared.ids import uuid7
from tests.notify.support import Feed
from tests.notify.worker.desk import Desk, desk_of
from tests.support.world import World

DAY = datetime.fromisoformat("2025-03-07T10:00:00+08:00")


@pytest.fixture
async def desk(
    world: World, org: UUID, monkeypatch: pytest.MonkeyPatch, standing: Callable[[datetime], Any]
) -> AsyncIterator[Desk]:
    standing(DAY)
    async with desk_of(Feed(world.runtime("notify"), org), monkeypatch) as found:
        yield found


async def proof(desk: Desk, api: httpx.AsyncClient, world: World) -> dict[str, Any]:
    [message] = await desk.rows(messages)
    headers = world.token("legal", desk.feed.org)
    answer = await api.get(f"/notify/v1/messages/{message.id}/proof", headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def arrived(desk: Desk, code: str = "DELIVRD") -> None:
    [delivery] = await desk.rows(deliveries)
    async with desk.feed.rt.db.tx(desk.feed.org) as tx:
        await record(tx, "aliyun_sms", [(delivery.id, Receipt("", f"ref {code}", True, code, DAY))])


async def test_it_names_each_attempt_and_receipt_and_anybody_can_recompute_it(
    desk: Desk, api: httpx.AsyncClient, world: World
) -> None:
    await desk.approve("aliyun_sms")
    await desk.approve("tencent_sms")
    desk.aliyun.moods.codes["13800138000"] = "isv.BUSINESS_LIMIT_CONTROL"
    await desk.remind()
    await desk.run()
    await arrived(desk)
    found = await proof(desk, api, world)
    [message] = await desk.rows(messages)
    text = f"{message.title}\n{message.body}".encode()
    assert found["content_hash"] == hashlib.sha256(text).hexdigest()
    [way] = found["deliveries"]
    assert [(e["kind"], e["provider"], e["outcome"]) for e in way["entries"]] == [
        ("attempt", "aliyun_sms", "throttled"),
        ("attempt", "tencent_sms", "sent"),
        ("receipt", "aliyun_sms", "arrived"),
    ]
    assert way["intact"] and way["state"] == "delivered"
    before = UUID(way["id"]).hex
    for one in way["entries"]:
        before = hashlib.sha256(f"{before}\n{one['content']}".encode()).hexdigest()
        assert one["link"] == before
    assert way["head"] == before


async def test_receipts_that_come_at_the_same_time_follow_each_other(
    desk: Desk, api: httpx.AsyncClient, world: World
) -> None:
    await desk.approve("aliyun_sms")
    await desk.remind()
    await desk.run()
    await asyncio.gather(*(arrived(desk, f"CODE{n}") for n in range(5)))
    [way] = (await proof(desk, api, world))["deliveries"]
    assert way["intact"] and len(way["entries"]) == 6


async def test_an_attempt_altered_in_the_database_shows(desk: Desk, api: httpx.AsyncClient, world: World) -> None:
    await desk.approve("aliyun_sms")
    await desk.remind()
    await desk.run()
    assert (await proof(desk, api, world))["deliveries"][0]["intact"]
    connection = await asyncpg.connect(world.admin_url)
    await connection.execute("UPDATE notify.attempts SET ended_at = ended_at - interval '1 day'")
    await connection.close()
    assert not (await proof(desk, api, world))["deliveries"][0]["intact"]


async def test_it_outlives_the_text(desk: Desk, api: httpx.AsyncClient, world: World) -> None:
    await desk.approve("aliyun_sms")
    home = await desk.feed.household(phone="13800138000")
    await desk.feed.apply([desk.feed.reminder(home)])
    await desk.run()
    before = await proof(desk, api, world)
    await desk.feed.apply([desk.feed.event("person.erased.v1", home[1], {}, seq=2)])
    after = await proof(desk, api, world)
    assert after["content_hash"] == before["content_hash"] and after["deliveries"] == before["deliveries"]


async def test_it_is_found_by_its_subject_within_reach_alone(
    desk: Desk, api: httpx.AsyncClient, world: World
) -> None:
    await desk.remind()
    [message] = await desk.rows(messages)
    asked = {"subject_id": [str(message.subject_id), str(uuid7())]}
    found = await api.get("/notify/v1/message-proofs", params=asked, headers=world.token("legal", desk.feed.org))
    assert [p["message_id"] for p in found.json()["items"]] == [str(message.id)]
    stranger = world.token("legal", desk.feed.org, units=[uuid7()])
    assert (await api.get("/notify/v1/message-proofs", params=asked, headers=stranger)).json()["items"] == []
    answer = await api.get(f"/notify/v1/messages/{message.id}/proof", headers=stranger)
    assert (answer.status_code, answer.json()["code"]) == (404, "notify.message.unknown")
    none = await api.get("/notify/v1/message-proofs", headers=world.token("legal", desk.feed.org))
    assert none.status_code == 422
