"""Linking WeChat, and reporting what the reader agreed to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from pydantic import SecretStr

from deploy.simulators._server import served
from services.notify.channels.providers import wechat_mini, wechat_service
from services.notify.models import provider_templates
from shared.db.helpers import insert_rows
from shared.ids import uuid7
from tests.support.simulators.wechat import Wechat
from tests.support.world import World

ACCOUNTS, PERMITS = "/notify/v1/accounts", "/notify/v1/permits"


@pytest.fixture
async def wechat(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Wechat]:
    found = Wechat()
    async with served(found.app) as url:
        key: dict[str, Any] = {
            "url": url,
            "app_id": found.appid,
            "secret": SecretStr(found.secret),
            "read_timeout": 0.4,
        }
        mini, account = wechat_mini.MiniSettings(**key), wechat_service.ServiceAccountSettings(**key)
        monkeypatch.setattr(wechat_mini, "settings", lambda: mini)
        monkeypatch.setattr(wechat_service, "settings", lambda: account)
        yield found


async def in_use(world: World, org: UUID, template: str, code: str, state: str = "approved") -> None:
    async with world.runtime("notify").db.tx(org) as tx:
        row = {"id": uuid7(), "version": 1, "created_at": tx.now, "updated_at": tx.now, "provider": "wechat_mini"}
        more = {"template": template, "locale": "zh", "code": code, "signature": "", "parameters": []}
        await insert_rows(tx, provider_templates, [{**row, **more, "state": state}])


async def test_a_resident_links_wechat_and_reports_permits_once_each(
    wechat: Wechat, api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    me = world.token("resident", org, units=[uuid7()], sub=uuid7())
    await in_use(world, org, "bill.issued", "T-1")
    await in_use(world, org, "bill.reminder", "T-1")
    await in_use(world, org, "ticket.created", "T-2", state="pending")
    asked = {"report_id": str(uuid7()), "templates": ["T-1"]}
    early = await api.post(PERMITS, headers=me, json=asked)
    assert (early.status_code, early.json()["code"]) == (409, "notify.permit.not_linked")

    linked = await api.post(ACCOUNTS, headers=me, json={"kind": "wechat_mini", "code": wechat.login("c1", "o-1")})
    assert linked.status_code == 200, linked.text
    [account] = linked.json()["items"]
    assert account["kind"] == "wechat_mini" and "o-1" not in linked.text

    for _ in range(2):  # the app repeats what it is not sure of
        said = await api.post(PERMITS, headers=me, json=asked)
        assert said.json() == {"items": [{"template": "T-1", "messages": ["bill.issued", "bill.reminder"], "left": 1}]}
    again = await api.post(PERMITS, headers=me, json={"report_id": str(uuid7()), "templates": ["T-1"]})
    assert again.json()["items"][0]["left"] == 2

    strange = await api.post(PERMITS, headers=me, json={"report_id": str(uuid7()), "templates": ["T-1", "T-2"]})
    assert (strange.status_code, strange.json()["code"]) == (422, "notify.permit.template_unknown")
    assert [e["path"] for e in strange.json()["errors"]] == ["templates.1"]
    assert (await api.get(PERMITS, headers=me)).json()["items"][0]["left"] == 2


async def test_a_code_is_good_once_and_whoever_linked_last_has_the_account(
    wechat: Wechat, api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    me = world.token("resident", org, units=[uuid7()], sub=uuid7())
    other = world.token("resident", org, units=[uuid7()], sub=uuid7())
    body = {"kind": "wechat_mini", "code": wechat.login("c1", "o-1")}
    assert (await api.post(ACCOUNTS, headers=me, json=body)).status_code == 200
    used = await api.post(ACCOUNTS, headers=me, json=body)
    assert (used.status_code, used.json()["code"]) == (409, "notify.account.code_refused")
    body["code"] = wechat.login("c2", "o-1")
    assert (await api.post(ACCOUNTS, headers=other, json=body)).status_code == 200
    assert (await api.get(ACCOUNTS, headers=me)).json()["items"] == []
    [mine] = (await api.get(ACCOUNTS, headers=other)).json()["items"]
    assert (await api.delete(f"{ACCOUNTS}/{mine['id']}", headers=me)).status_code == 404
    assert (await api.delete(f"{ACCOUNTS}/{mine['id']}", headers=other)).status_code == 204
    assert (await api.delete(f"{ACCOUNTS}/{mine['id']}", headers=other)).status_code == 404


async def test_linking_anew_replaces_the_account_of_that_kind_alone(
    wechat: Wechat, api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    me = world.token("resident", org, units=[uuid7()], sub=uuid7())
    for kind, code, openid in (
        ("wechat_mini", "a", "o-1"),
        ("wechat_service", "b", "f-1"),
        ("wechat_mini", "c", "o-2"),
    ):
        said = await api.post(ACCOUNTS, headers=me, json={"kind": kind, "code": wechat.login(code, openid)})
        assert said.status_code == 200, said.text
    assert [item["kind"] for item in said.json()["items"]] == ["wechat_service", "wechat_mini"]


async def test_without_the_provider_nothing_is_linked(
    wechat: Wechat, api: httpx.AsyncClient, world: World, org: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = world.token("resident", org, units=[uuid7()], sub=uuid7())
    wechat.busy = True
    body = {"kind": "wechat_mini", "code": wechat.login("c1", "o-1")}
    silent = await api.post(ACCOUNTS, headers=me, json=body)
    assert (silent.status_code, silent.json()["code"]) == (503, "notify.account.provider_silent")
    monkeypatch.setattr(wechat_mini, "settings", wechat_mini.MiniSettings)
    off = await api.post(ACCOUNTS, headers=me, json=body)
    assert (off.status_code, off.json()["code"]) == (409, "notify.account.not_set_up")
    wrong = await api.post(ACCOUNTS, headers=me, json={"kind": "wechat_mini", "code": "有空 格"})
    assert wrong.status_code == 422
    assert (await api.get(ACCOUNTS, headers=me)).json()["items"] == []
