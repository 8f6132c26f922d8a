"""Warnings to staff over WeCom, DingTalk and Feishu, to robots of their groups, and notifications on telephones."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
from pydantic import SecretStr

from deploy.simulators._server import served
from deploy.simulators.staff_chat import DingTalkChat, FeishuChat, Moody, WeComChat
from services.notify.accounts.repository import put
from services.notify.channels import dingtalk, feishu, robot, wecom
from services.notify.channels.providers import getui, jiguang
from services.notify.channels.providers._tokens import TOKENS
from services.notify.models import accounts, inbox, messages
from shared.ids import uuid7
from tests.notify.support import Feed
from tests.notify.worker.desk import Desk, desk_of
from tests.support.simulators.push import Getui, Jiguang
from tests.support.world import World

DAY = datetime.fromisoformat("2025-03-07T10:00:00+08:00")


@dataclass
class Chat:
    """The desk with all of them; each by the kind of its accounts."""

    desk: Desk
    sims: dict[str, Moody]
    urls: dict[str, str]

    async def employee(self, kind: str, address: str, *, email: str | None = None) -> UUID:
        """An engineer with an account."""
        feed, person = self.desk.feed, uuid7()
        contact = {"name": "陈工", "email": email, "phone": None, "locale": "zh"}
        await feed.apply(
            [
                feed.event("staff.upserted.v1", person, {"roles": ["engineer"], "units": [str(feed.org)]}),
                feed.event("person.upserted.v1", person, {"version": 1}),
            ],
            prepared={"person.upserted.v1": {person: contact}},
        )
        async with feed.rt.db.tx(feed.org) as tx:
            await put(tx, person, kind, address, device=f"d-{address}" if kind in ("jiguang", "getui") else None)
        return person

    async def warn(self, assignee: UUID | None, *, runs: int = 3) -> None:
        """A clock of a case runs out soon."""
        feed = self.desk.feed
        data = {
            "number": "R20250307-0001",
            "kind": "repair",
            "clock": "repair.arrival",
            "percent": 80,
            "due_at": "2025-03-07T03:00:00+00:00",
            "assignee_id": None if assignee is None else str(assignee),
            "level": 1,
            "role": "supervisor",
            "org_units": [str(feed.org)],
            "counted_seconds": 1800,
            "unit_id": None,
        }
        await feed.apply([feed.event("clock.warned.v1", uuid7(), data)])
        for _ in range(runs):
            await self.desk.run()


@pytest.fixture
async def chat(
    world: World, org: UUID, monkeypatch: pytest.MonkeyPatch, standing: Callable[[datetime], Any]
) -> AsyncIterator[Chat]:
    standing(DAY)
    TOKENS.clear()
    async with AsyncExitStack() as stack:
        desk = await stack.enter_async_context(desk_of(Feed(world.runtime("notify"), org), monkeypatch))
        sims: dict[str, Moody] = {
            "wecom": WeComChat(),
            "dingtalk": DingTalkChat(),
            "feishu": FeishuChat(),
            "jiguang": Jiguang(),
            "getui": Getui(),
        }
        urls = {name: await stack.enter_async_context(served(sim.app)) for name, sim in sims.items()}
        key = SecretStr("s3cret")
        slow = 0.4
        set_up: dict[Any, Any] = {
            wecom: wecom.WeComSettings(
                url=urls["wecom"], corp_id="ww0123456789", secret=key, agent_id=1000002, read_timeout=slow
            ),
            dingtalk: dingtalk.DingTalkSettings(
                url=urls["dingtalk"], app_key="dingabcdef", app_secret=key, agent_id=256, read_timeout=slow
            ),
            feishu: feishu.FeishuSettings(url=urls["feishu"], app_id="cli_abcdef", app_secret=key, read_timeout=slow),
            jiguang: jiguang.JiguangSettings(
                url=urls["jiguang"], app_key=Jiguang.app_key, master_secret=SecretStr(Jiguang.secret), read_timeout=slow
            ),
            getui: getui.GetuiSettings(
                url=urls["getui"],
                app_id=Getui.app_id,
                app_key=Getui.app_key,
                master_secret=SecretStr(Getui.secret),
                read_timeout=slow,
            ),
            robot: robot.RobotSettings(hosts="http://127.0.0.1", read_timeout=slow),
        }
        for module, given in set_up.items():
            monkeypatch.setattr(module, "settings", lambda given=given: given)
        yield Chat(desk, sims, urls)


KINDS = ("wecom", "dingtalk", "feishu", "jiguang", "getui")
CHANNEL = {"jiguang": "push", "getui": "push"}
THROTTLE = {"wecom": 45009, "dingtalk": 90018, "feishu": 230020, "jiguang": 2002, "getui": 10005}
GONE = {"wecom": 81013, "dingtalk": 33012, "feishu": 230013, "jiguang": 1011, "getui": 20001}


@pytest.mark.parametrize("kind", KINDS)
async def test_a_warning_reaches_whoever_has_the_case(chat: Chat, kind: str) -> None:
    await chat.warn(await chat.employee(kind, "u-1", email="chen@example.com"))
    [(receiver, text)] = chat.sims[kind].taken
    assert receiver == "u-1" and "R20250307-0001" in text
    assert await chat.desk.states() == [(CHANNEL.get(kind, kind), "sent")]
    assert chat.desk.mail.recipients == []


@pytest.mark.parametrize("kind", KINDS)
async def test_throttled_it_waits_and_goes_later(chat: Chat, kind: str) -> None:
    person = await chat.employee(kind, "u-1")
    sim = chat.sims[kind]
    sim.refuses["u-1"] = THROTTLE[kind]
    await chat.warn(person, runs=1)
    assert [state for _, state in await chat.desk.states()] == ["queued"]
    sim.refuses.clear()
    await chat.desk.later()
    await chat.desk.run()
    assert [state for _, state in await chat.desk.states()] == ["sent"] and len(sim.taken) == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_whom_the_provider_does_not_know_gets_mail_and_is_not_asked_for_again(chat: Chat, kind: str) -> None:
    person = await chat.employee(kind, "u-1", email="chen@example.com")
    chat.sims[kind].refuses["u-1"] = GONE[kind]
    await chat.warn(person)
    assert await chat.desk.states() == [(CHANNEL.get(kind, kind), "failed"), ("email", "sent")]
    [account] = await chat.desk.rows(accounts)
    assert account.disabled_at is not None
    asked = len(chat.sims[kind].seen)
    await chat.warn(person)
    assert len(chat.sims[kind].seen) == asked
    assert len(chat.desk.mail.recipients) == 2


@pytest.mark.parametrize("kind", KINDS)
async def test_silence_after_the_request_is_unknown_and_goes_nowhere_else(chat: Chat, kind: str) -> None:
    person = await chat.employee(kind, "u-1", email="chen@example.com")
    await chat.warn(person)  # and its token is there
    chat.sims[kind].hang = 1.0
    await chat.warn(person)
    assert [state for _, state in await chat.desk.states()] == ["sent", "unknown"]
    assert chat.desk.mail.recipients == []


@pytest.mark.parametrize("kind", ["wecom", "dingtalk", "feishu", "getui"])
async def test_a_token_that_ended_is_asked_for_anew(chat: Chat, kind: str) -> None:
    person = await chat.employee(kind, "u-1")
    await chat.warn(person)
    chat.sims[kind].token += 1
    await chat.warn(person)
    assert len(chat.sims[kind].taken) == 2


async def test_wecom_names_a_member_who_left_among_those_not_reached(chat: Chat) -> None:
    person = await chat.employee("wecom", "left-U1", email="chen@example.com")
    await chat.warn(person)
    assert await chat.desk.states() == [("wecom", "failed"), ("email", "sent")]


async def test_two_devices_of_one_person_both_show_it_and_the_dead_one_is_left_out(chat: Chat) -> None:
    person = await chat.employee("jiguang", "u-1")
    async with chat.desk.feed.rt.db.tx(chat.desk.feed.org) as tx:
        await put(tx, person, "jiguang", "u-2", device="second")
    await chat.warn(person)
    chat.sims["jiguang"].refuses["u-1"] = 1011
    await chat.warn(person)
    await chat.warn(person)
    assert [device for device, _ in chat.sims["jiguang"].taken] == ["u-1", "u-2", "u-2", "u-2"]
    assert {row.address: row.disabled_at is not None for row in await chat.desk.rows(accounts)} == {
        "u-1": True,
        "u-2": False,
    }


ROBOTS = {
    "wecom": "/cgi-bin/webhook/send?key=tok",
    "dingtalk": "/robot/send?access_token=tok",
    "feishu": "/open-apis/bot/v2/hook/tok",
}
SECRETS = {"wecom": "", "dingtalk": DingTalkChat.robot_secret, "feishu": FeishuChat.robot_secret}


async def enter(chat: Chat, api: httpx.AsyncClient, world: World, kind: str, **more: Any) -> httpx.Response:
    body = {
        "name": "工程部值班群",
        "org_unit_id": str(chat.desk.feed.org),
        "kind": f"{kind}_robot",
        "url": chat.urls[kind] + ROBOTS[kind],
        "secret": SECRETS[kind],
        "classes": ["warning"],
        **more,
    }
    manager = world.token("cs_manager", chat.desk.feed.org)
    return await api.post("/notify/v1/robots", headers=manager, json=body)


@pytest.mark.parametrize("kind", sorted(ROBOTS))
async def test_the_robot_of_an_org_units_group_is_told_of_its_clocks(
    chat: Chat, api: httpx.AsyncClient, world: World, kind: str
) -> None:
    said = await enter(chat, api, world, kind)
    assert said.status_code == 201, said.text
    assert "tok" not in said.text.replace("工程部", "")
    await chat.warn(None)
    [(receiver, text)] = chat.sims[kind].taken
    assert receiver == "tok" and "R20250307-0001" in text
    assert await chat.desk.states() == [("robot", "sent")]
    # It is nobody with an inbox, and what it was told is a message like others.
    assert await chat.desk.rows(inbox) == []
    assert [str(m.person_id) for m in await chat.desk.rows(messages)] == [said.json()["id"]]


async def test_a_robot_that_is_gone_is_shown_as_such_and_told_nothing_more(
    chat: Chat, api: httpx.AsyncClient, world: World
) -> None:
    await enter(chat, api, world, "dingtalk")
    chat.sims["dingtalk"].refuses["tok"] = 400102
    await chat.warn(None)
    await chat.warn(None)
    assert await chat.desk.states() == [("robot", "failed")]
    manager = world.token("cs_manager", chat.desk.feed.org)
    [row] = (await api.get("/notify/v1/robots", headers=manager)).json()["items"]
    assert row["disabled_at"] is not None
    assert (await api.delete(f"/notify/v1/robots/{row['id']}", headers=manager)).status_code == 204
    assert await chat.desk.rows(accounts) == []


async def test_robots_elsewhere_twice_or_of_another_org_unit_are_refused(
    chat: Chat, api: httpx.AsyncClient, world: World
) -> None:
    for url in ("http://169.254.169.254/latest", "https://127.0.0.1/robot", "http://me@127.0.0.1/x", "http://[::1"):
        said = await enter(chat, api, world, "dingtalk", url=url)
        assert (said.status_code, said.json()["code"]) == (422, "notify.robot.elsewhere")
    assert (await enter(chat, api, world, "dingtalk")).status_code == 201
    again = await enter(chat, api, world, "dingtalk")
    assert (again.status_code, again.json()["code"]) == (409, "notify.robot.known")
    there = world.token("cs_manager", chat.desk.feed.org, units=[uuid7()])
    body = {"name": "n", "org_unit_id": str(uuid7()), "kind": "wecom_robot", "url": "https://x.example/y"}
    away = await api.post("/notify/v1/robots", headers=there, json={**body, "classes": ["warning"]})
    assert (away.status_code, away.json()["code"]) == (404, "notify.robot.org_unit_unknown")
    assert (await api.get("/notify/v1/robots", headers=there)).json()["items"] == []
    entered = (await api.get("/notify/v1/robots", headers=world.token("admin", chat.desk.feed.org))).json()["items"]
    assert (await api.delete(f"/notify/v1/robots/{entered[0]['id']}", headers=there)).status_code == 404
    assert (await api.get("/notify/v1/robots", headers=world.token("clerk", chat.desk.feed.org))).status_code == 403


async def test_an_administrator_brings_the_list_of_work_accounts(
    chat: Chat, api: httpx.AsyncClient, world: World
) -> None:
    person = await chat.employee("jiguang", "u-9")
    admin = world.token("admin", chat.desk.feed.org)
    url = "/notify/v1/accounts/work"
    item = {"person_id": str(person), "kind": "wecom", "address": "ZhangSan"}
    for _ in range(2):
        assert (await api.post(url, headers=admin, json={"items": [item]})).json() == {"count": 1}
    stranger = await api.post(url, headers=admin, json={"items": [item, {**item, "person_id": str(uuid7())}]})
    assert (stranger.status_code, stranger.json()["code"]) == (422, "notify.account.not_staff")
    await chat.warn(person)
    assert [channel for channel, _ in await chat.desk.states()] == ["wecom"]
    gone = await api.post(url, headers=admin, json={"items": [{**item, "address": None}]})
    assert gone.status_code == 200
    assert [row.kind for row in await chat.desk.rows(accounts)] == ["jiguang"]
    clerk = world.token("clerk", chat.desk.feed.org)
    assert (await api.post(url, headers=clerk, json={"items": [item]})).status_code == 403


async def test_a_device_is_registered_replaced_taken_over_and_signed_out(
    api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    url = "/notify/v1/devices"
    me = world.token("resident", org, units=[uuid7()], sub=uuid7())
    other = world.token("resident", org, units=[uuid7()], sub=uuid7())
    phone = {"device": "phone-1", "provider": "jiguang", "token": "1a0018970a"}
    for body in (phone, phone, {**phone, "token": "1a0018970b"}, {**phone, "provider": "getui"}):
        said = await api.post(url, headers=me, json=body)
        assert said.status_code == 200, said.text
    assert [(item["kind"], item["device"]) for item in said.json()["items"]] == [("getui", "phone-1")]
    await api.post(url, headers=other, json=phone)
    assert (await api.get("/notify/v1/accounts", headers=me)).json()["items"] == []
    assert (await api.delete(f"{url}/phone-1", headers=me)).status_code == 404
    assert (await api.delete(f"{url}/phone-1", headers=other)).status_code == 204
    for n in range(12):
        said = await api.post(url, headers=me, json={**phone, "device": f"d{n}", "token": f"token-{n:04d}"})
    assert [item["device"] for item in said.json()["items"]] == [f"d{n}" for n in range(2, 12)]
