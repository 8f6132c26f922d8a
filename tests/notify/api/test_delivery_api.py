"""Replays, preferences, and our templates at their providers, over the API."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.notify.models import attempts
from shared.ids import uuid7
from tests.notify.support import Feed
from tests.notify.worker.desk import Desk, desk_of
from tests.support.world import World

DAY = datetime.fromisoformat("2025-03-07T10:00:00+08:00")
MAPPING = {
    "provider": "aliyun_sms",
    "locale": "zh",
    "provider_code": "SMS_1",
    "signature": "翠湖物业",
    "parameters": ["fee_kind", "amount"],
    "state": "approved",
}


@pytest.fixture
async def desk(
    world: World, org: UUID, monkeypatch: pytest.MonkeyPatch, standing: Callable[[datetime], Any]
) -> AsyncIterator[Desk]:
    standing(DAY)
    async with desk_of(Feed(world.runtime("notify"), org), monkeypatch) as found:
        yield found


async def only_message(api: httpx.AsyncClient, headers: dict[str, str]) -> dict[str, Any]:
    [found] = (await api.get("/notify/v1/messages", headers=headers)).json()["items"]
    message: dict[str, Any] = found
    return message


async def test_what_is_unknown_is_sent_again_only_by_somebody_who_says_so(
    desk: Desk, api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    await desk.approve("aliyun_sms")
    desk.aliyun.moods.hang = 1.0
    await desk.remind()
    await desk.run()
    desk.aliyun.moods.hang = 0.0
    manager = world.token("cs_manager", org)
    url = f"/notify/v1/messages/{(await only_message(api, manager))['id']}/replay"
    refused = await api.post(url, json={}, headers=manager)
    assert (refused.status_code, refused.json()["code"]) == (409, "notify.message.may_arrive_twice")
    again = await api.post(url, json={"may_arrive_twice": True}, headers=manager)
    assert again.json()["deliveries"][0]["state"] == "queued"
    twice = await api.post(url, json={"may_arrive_twice": True}, headers=manager)
    assert (twice.status_code, twice.json()["code"]) == (409, "notify.message.nothing_to_replay")
    await desk.run()
    assert len(desk.aliyun.taken) == 2
    assert [a.outcome for a in await desk.rows(attempts)] == ["unknown", "sent"]


async def test_what_failed_on_one_channel_and_came_by_another_would_come_twice(
    desk: Desk, api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    await desk.remind(email="owner@example.com")  # no approved template
    await desk.run()
    await desk.run()
    manager = world.token("cs_manager", org)
    url = f"/notify/v1/messages/{(await only_message(api, manager))['id']}/replay"
    refused = await api.post(url, json={"channel": "sms"}, headers=manager)
    assert refused.json()["code"] == "notify.message.may_arrive_twice"
    await desk.approve("aliyun_sms")
    assert (await api.post(url, json={"channel": "sms", "may_arrive_twice": True}, headers=manager)).status_code == 200
    await desk.run()
    assert await desk.states() == [("sms", "sent"), ("email", "sent")]


async def test_the_erased_are_not_written_to_again(desk: Desk, api: httpx.AsyncClient, world: World, org: UUID) -> None:
    home = await desk.feed.household(phone="13800138000")
    await desk.feed.apply([desk.feed.reminder(home)])
    await desk.run()
    await desk.feed.apply([desk.feed.event("person.erased.v1", home[1], {}, seq=2)])
    manager = world.token("cs_manager", org)
    url = f"/notify/v1/messages/{(await only_message(api, manager))['id']}/replay"
    answer = await api.post(url, json={}, headers=manager)
    assert (answer.status_code, answer.json()["code"]) == (409, "notify.message.text_gone")


async def test_a_message_of_another_part_of_the_organisation_is_not_replayed(
    desk: Desk, api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    await desk.remind()
    manager = world.token("cs_manager", org)
    message = await only_message(api, manager)
    stranger = world.token("cs_manager", org, units=[uuid7()])
    answer = await api.post(f"/notify/v1/messages/{message['id']}/replay", json={}, headers=stranger)
    assert (answer.status_code, answer.json()["code"]) == (404, "notify.message.unknown")


async def test_an_owner_chooses_and_cannot_turn_off_what_concerns_them(
    api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    me = world.token("resident", org, units=[uuid7()])
    chosen = await api.post(
        "/notify/v1/preferences", json={"classes": {"survey": "off", "billing": "digest"}}, headers=me
    )
    modes = {i["message_class"]: i["mode"] for i in chosen.json()["items"]}
    assert (modes["survey"], modes["billing"], modes["notice"]) == ("off", "digest", "now")
    for message_class in ("safety", "warning", "desk", "service", "dunning", "no-such"):
        answer = await api.post("/notify/v1/preferences", json={"classes": {message_class: "off"}}, headers=me)
        assert (answer.status_code, answer.json()["code"]) == (422, "notify.preference.mandatory")
    kept = (await api.get("/notify/v1/preferences", headers=me)).json()
    assert kept == chosen.json()
    other = world.token("resident", org, units=[uuid7()])
    assert all(i["mode"] == "now" for i in (await api.get("/notify/v1/preferences", headers=other)).json()["items"])


async def test_a_template_is_mapped_to_a_providers_and_said_again_it_is_replaced(
    api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    ops, url = world.token("ops", org), "/notify/v1/templates/bill.reminder/providers"
    first = await api.post(url, json={**MAPPING, "state": "pending"}, headers=ops)
    second = await api.post(url, json=MAPPING, headers=ops)
    assert (first.json()["state"], second.json()["state"], second.json()["version"]) == ("pending", "approved", 2)
    listed = (await api.get(url, headers=world.token("clerk", org))).json()["items"]
    assert listed == [second.json()]
    other = await world.new_org()
    assert (await api.get(url, headers=world.token("ops", other))).json()["items"] == []


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"provider": "nobody"}, 404, "notify.provider.unknown"),
        ({"parameters": ["amount", "salary"]}, 422, "notify.template.parameters_unknown"),
        ({"state": "perhaps"}, 422, None),
    ],
)
async def test_a_mapping_that_cannot_be_is_refused(
    api: httpx.AsyncClient, world: World, org: UUID, change: dict[str, Any], status: int, code: str | None
) -> None:
    url = "/notify/v1/templates/bill.reminder/providers"
    answer = await api.post(url, json={**MAPPING, **change}, headers=world.token("ops", org))
    assert answer.status_code == status
    assert code is None or answer.json()["code"] == code


async def test_a_preview_counts_the_text_message_with_its_signature(
    api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    clerk = world.token("clerk", org)
    url = "/notify/v1/templates/bill.reminder/preview"
    shown = (await api.post(url, json={"locale": "zh", "signature": "翠湖物业"}, headers=clerk)).json()["sms"]
    assert shown["characters"] == len(shown["text"]) + 6
    assert shown["segments"] == 1
    longer = {"locale": "zh", "place": "翠湖花园三期北区" * 5, "signature": "翠湖物业"}
    assert (await api.post(url, json=longer, headers=clerk)).json()["sms"]["segments"] == 2
    plain = await api.post("/notify/v1/templates/bill.issued/preview", json={}, headers=clerk)
    assert plain.json()["sms"] is None
