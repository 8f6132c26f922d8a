"""Templates of an organisation's own: added, checked, published, used by campaigns, worded anew, retired."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.notify.domain import own_templates
from services.notify.models import messages
from tests.notify.support import Feed
from tests.notify.worker.desk import desk_of
from tests.notify.worker.test_campaigns import DAY, Office
from tests.support.world import Standing, World

URL = "/notify/v1/templates"
CODE = "campaign.own.repaint"
VALUES = {"garage": "B1 车库", "day": "2025-03-14"}


def template(code: str = "repaint", **more: Any) -> dict[str, Any]:
    """A template as somebody adds it."""
    return {
        "code": code,
        "name": "车位划线通知",
        "message_class": "notice",
        "variables": [
            {"name": "garage", "type": "text"},
            {"name": "day", "type": "date"},
            {"name": "hint", "type": "text", "optional": True},
        ],
        "example": VALUES,
        "zh": {
            "title": "{{ garage }}划线",
            "body": "{{ garage }}将于 {{ day }} 划线。{{ hint }}",
            "sms": "{{ garage }}将于 {{ day }} 划线。",
        },
        "en": {"title": "{{ garage }}", "body": "Repainted on {{ day }}.", "sms": "{{ garage }}: {{ day }}."},
        **more,
    }


@pytest.fixture
async def office(
    world: World,
    org: UUID,
    api: httpx.AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
    standing: Callable[[datetime], Standing],
) -> AsyncIterator[Office]:
    now = standing(DAY)
    async with desk_of(Feed(world.runtime("notify"), org), monkeypatch) as desk:
        yield Office(desk, api, world, now)


async def add(office: Office, body: dict[str, Any]) -> httpx.Response:
    return await office.api.post(URL, json=body, headers={**office.clerk, "Accept-Language": "en"})


async def publish(office: Office, code: str = CODE) -> dict[str, Any]:
    said = await office.api.post(f"{URL}/{code}/draft/publish", headers=office.manager)
    assert said.status_code == 200, said.text
    found: dict[str, Any] = said.json()
    return found


async def listed(office: Office) -> dict[str, dict[str, Any]]:
    said = await office.api.get(URL, params={"limit": 200}, headers=office.clerk)
    return {item["code"]: item for item in said.json()["items"]}


async def test_it_is_added_published_and_a_campaign_is_sent_with_it(office: Office) -> None:
    added = await add(office, template())
    assert added.status_code == 201, added.text
    assert (added.json()["template"], added.json()["number"], added.json()["state"]) == (CODE, 1, "draft")
    assert added.headers["location"] == f"{URL}/{CODE}/versions"
    assert CODE not in await listed(office)
    await office.household("1-1", email="o@example.com")
    campaign = {"template": CODE, "variables": VALUES}
    early = await office.post("", office.body(**campaign), status=422)
    assert [error["path"] for error in early["errors"]] == ["template"]

    await publish(office)
    shown = (await listed(office))[CODE]
    assert (shown["name"], shown["own"], shown["message_class"]) == ("车位划线通知", True, "notice")
    assert [variable["name"] for variable in shown["variables"]] == ["garage", "day", "hint"]
    await office.approved(**campaign)
    await office.begin()
    await office.desk.run()
    [message] = await office.desk.rows(messages)
    assert (message.template, message.title) == (CODE, "B1 车库划线")
    assert "2025年3月14日" in message.body and office.desk.mail.recipients == ["o@example.com"]


async def test_each_version_is_previewed_and_what_was_approved_goes_out_in_its_words(office: Office) -> None:
    await add(office, template())
    asked = {"version": 1, "signature": "翠湖物业"}
    seen = (await office.api.post(f"{URL}/{CODE}/preview", json=asked, headers=office.clerk)).json()
    assert seen["title"] == "B1 车库划线" and seen["sms"]["segments"] == 1
    unpublished = await office.api.post(f"{URL}/{CODE}/preview", json={}, headers=office.clerk)
    assert unpublished.status_code == 404
    await publish(office)
    await office.household("1-1", email="o@example.com")
    id = await office.approved(template=CODE, variables=VALUES)
    words = {locale: {**template()[locale], "title": "second"} for locale in ("zh", "en")}
    kept = await office.api.put(f"{URL}/{CODE}/draft", json=words, headers=office.clerk)
    assert (kept.status_code, kept.json()["number"]) == (200, 2)
    await publish(office)
    assert (await listed(office))[CODE]["zh"]["title"] == "second"
    versions = (await office.api.get(f"{URL}/{CODE}/versions", headers=office.clerk)).json()["items"]
    assert [version["number"] for version in versions] == [2, 1]
    await office.begin()
    [message] = await office.desk.rows(messages)
    assert (message.title, str(message.campaign_id)) == ("B1 车库划线", id)


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"zh": {"title": "{{ garrage }}", "body": "x", "sms": "x"}}, "zh.title"),
        ({"en": {"title": "x", "body": "x"}}, "en.sms"),
        ({"en": {"title": "{{ day", "body": "x", "sms": "x"}}, "en.title"),
        ({"zh": {"title": "x", "body": "{% for a in b %}x{% endfor %}", "sms": "x"}}, "zh.body"),
        ({"zh": {"title": "x", "body": "x", "sms": "字" * 501}}, "zh.sms"),
        ({"example": {"garage": "B1"}}, "example.day"),
        ({"example": {**VALUES, "day": "tomorrow"}}, "example.day"),
        ({"example": {**VALUES, "dya": "x"}}, "example.dya"),
        ({"variables": [{"name": "name", "type": "text"}], "example": {"name": "x"}}, "variables.0.name"),
        ({"variables": [{"name": "if", "type": "text"}], "example": {"if": "x"}}, "variables.0.name"),
        ({"variables": [{"name": "a", "type": "text"}] * 2, "example": {"a": "x"}}, "variables.1.name"),
        ({"variables": [{"name": "a", "type": "float"}], "example": {"a": "x"}}, "variables.0.type"),
        ({"code": "Repaint"}, "code"),
        ({"message_class": "safety"}, "message_class"),
        ({"name": ""}, "name"),
    ],
)
async def test_what_could_not_be_sent_is_refused_and_nothing_kept(
    office: Office, wrong: dict[str, Any], path: str
) -> None:
    said = await add(office, template(**wrong))
    assert said.status_code == 422, said.text
    assert path in [error["path"] for error in said.json()["errors"]]
    assert (await office.api.get(f"{URL}/{CODE}/versions", headers=office.clerk)).status_code == 404


async def test_a_translation_is_never_missing(office: Office) -> None:
    body = template()
    del body["en"]
    assert (await add(office, body)).status_code == 422


async def test_a_code_is_taken_once_also_by_two_at_once(office: Office) -> None:
    said = await asyncio.gather(*(add(office, template()) for _ in range(3)))
    assert sorted(answer.status_code for answer in said) == [201, 409, 409]
    assert {answer.json()["code"] for answer in said if answer.status_code == 409} == {"notify.template.known"}
    assert len((await office.api.get(f"{URL}/{CODE}/versions", headers=office.clerk)).json()["items"]) == 1


async def test_a_retired_one_goes_out_where_it_was_asked_for_and_nowhere_else(office: Office) -> None:
    await add(office, template())
    await publish(office)
    await office.household("1-1", email="o@example.com")
    await office.approved(template=CODE, variables=VALUES)
    assert (await office.api.delete(f"{URL}/{CODE}", headers=office.clerk)).status_code == 403
    for _ in range(2):
        assert (await office.api.delete(f"{URL}/{CODE}", headers=office.manager)).status_code == 204
    assert CODE not in await listed(office)
    await office.post("", office.body(template=CODE, variables=VALUES), status=422)
    assert (await add(office, template())).status_code == 409  # old notices still name it
    await office.begin()
    assert len(await office.desk.rows(messages)) == 1
    for shipped in ("campaign.notice", "campaign.own.nothing"):
        assert (await office.api.delete(f"{URL}/{shipped}", headers=office.manager)).status_code == 404


async def test_there_are_only_so_many(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.notify.wording.own.MOST", 1)
    await add(office, template())
    said = await add(office, template("second"))
    assert (said.status_code, said.json()["code"]) == (409, "notify.template.too_many")


async def test_another_organisation_knows_nothing_of_it(office: Office) -> None:
    await add(office, template())
    await publish(office)
    other = office.world.token("cs_manager", UUID(int=77))
    assert (await office.api.get(f"{URL}/{CODE}/versions", headers=other)).status_code == 404


async def test_a_provider_is_told_how_it_knows_it(office: Office) -> None:
    await add(office, template())
    ops = office.world.token("ops", office.org)
    asked = {
        "provider": "aliyun_sms",
        "provider_code": "SMS_1",
        "signature": "翠湖物业",
        "parameters": ["garage", "day"],
        "state": "approved",
    }
    said = await office.api.post(f"{URL}/{CODE}/providers", json=asked, headers=ops)
    assert said.status_code == 200, said.text
    strange = await office.api.post(f"{URL}/{CODE}/providers", json={**asked, "parameters": ["x"]}, headers=ops)
    assert strange.status_code == 422


def test_codes_of_ours_and_theirs_never_meet() -> None:
    assert own_templates.is_own(CODE) and not own_templates.is_own("campaign.notice")
