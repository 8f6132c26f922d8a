"""Messages over WeChat: one permit, one message, whoever sends beside; and what follows when none is left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr

from deploy.simulators._server import served
from services.notify.accounts.repository import put
from services.notify.channels.providers import wechat_mini, wechat_service
from services.notify.channels.providers._tokens import TOKENS
from services.notify.models import accounts, attempts, permits, provider_templates
from services.notify.permits import repository
from services.notify.sending.tasks import send
from shared.db.helpers import insert_rows
from shared.ids import uuid7
from tests.notify.support import Feed
from tests.notify.worker.desk import Desk, desk_of
from tests.support.simulators.wechat import Wechat
from tests.support.world import World

DAY = datetime.fromisoformat("2025-03-07T10:00:00+08:00")
MINI, ACCOUNT = "TMPL-MINI", "TMPL-ACCOUNT"


class WechatDesk(Desk):
    """The desk with WeChat beside the mail server."""

    wechat: Wechat

    async def know(self, provider: str, code: str) -> None:
        """A template of WeChat's stands for that of the bill."""
        async with self.feed.rt.db.tx(self.feed.org) as tx:
            row = {"id": uuid7(), "version": 1, "created_at": tx.now, "updated_at": tx.now, "provider": provider}
            more = {"template": "bill.issued", "locale": "zh", "code": code, "signature": "", "state": "approved"}
            names = ["thing1=place", "amount2=amount", "date3=due"]
            await insert_rows(tx, provider_templates, [{**row, **more, "parameters": names}])

    async def home(self, openid: str | None, *, permits: int = 0, email: str | None = None) -> tuple[UUID, UUID]:
        """A household whose owner has linked WeChat and allows so many messages, here and there."""
        unit, owner = await self.feed.household(f"1-{uuid7().hex[-6:]}", email=email)
        if openid is None:
            return unit, owner
        async with self.feed.rt.db.tx(self.feed.org) as tx:
            await put(tx, owner, "wechat_mini", openid)
            for _ in range(permits):
                await repository.add(tx, owner, "wechat_mini", [MINI], uuid7())
        self.wechat.permits[openid, MINI] = permits
        return unit, owner

    async def bill(self, *homes: tuple[UUID, UUID]) -> None:
        """Each household gets a bill, which is told over WeChat first."""
        for home in homes:
            await self.feed.apply(self.feed.bills([home]))

    async def all(self) -> None:
        """Run the jobs there are, and those that follow from them at once."""
        for _ in range(4):
            await self.run()

    async def permit_states(self) -> list[str]:
        """free, held, used or void of each permit."""
        return [
            "void" if p.void_at else "used" if p.used_at else "held" if p.delivery_id else "free"
            for p in await self.rows(permits)
        ]


@pytest.fixture
async def desk(
    world: World, org: UUID, monkeypatch: pytest.MonkeyPatch, standing: Callable[[datetime], Any]
) -> AsyncIterator[WechatDesk]:
    standing(DAY)
    TOKENS.clear()
    async with AsyncExitStack() as stack:
        plain = await stack.enter_async_context(desk_of(Feed(world.runtime("notify"), org), monkeypatch))
        found = WechatDesk(plain.feed, plain.aliyun, plain.tencent, plain.mail)
        found.wechat = Wechat()
        url = await stack.enter_async_context(served(found.wechat.app))
        key: dict[str, Any] = {
            "url": url,
            "app_id": found.wechat.appid,
            "secret": SecretStr(found.wechat.secret),
            "read_timeout": 0.4,
        }
        mini, account = wechat_mini.MiniSettings(**key), wechat_service.ServiceAccountSettings(**key)
        monkeypatch.setattr(wechat_mini, "settings", lambda: mini)
        monkeypatch.setattr(wechat_service, "settings", lambda: account)
        await found.know("wechat_mini", MINI)
        yield found


async def test_a_message_uses_up_one_permit_of_its_reader(desk: WechatDesk) -> None:
    await desk.bill(await desk.home("o-1", permits=2))
    await desk.all()
    [taken] = desk.wechat.taken
    assert (taken["touser"], taken["template_id"]) == ("o-1", MINI)
    assert taken["data"]["amount2"] == {"value": "213.42元"} and taken["data"]["date3"] == {"value": "2025年3月25日"}
    assert taken["data"]["thing1"]["value"].startswith("翠湖花园 1-")
    assert await desk.states() == [("wechat", "sent")]
    assert sorted(await desk.permit_states()) == ["free", "used"]


async def test_without_a_permit_the_next_channel_has_it_and_wechat_is_not_asked(desk: WechatDesk) -> None:
    await desk.bill(await desk.home("o-1", email="owner@example.com"))
    await desk.all()
    assert await desk.states() == [("wechat", "failed"), ("email", "sent")]
    assert desk.wechat.seen == [] and desk.mail.recipients == ["owner@example.com"]


async def test_senders_at_the_same_time_never_use_one_permit_twice(desk: WechatDesk) -> None:
    home = await desk.home("o-1", permits=3, email="owner@example.com")
    await desk.bill(*[home] * 8)
    jobs = await desk.jobs()
    assert len(jobs) == 8
    await asyncio.gather(*(send(desk.feed.rt, job) for job in jobs))
    await desk.all()
    assert len(desk.wechat.taken) == 3
    assert await desk.permit_states() == ["used"] * 3
    assert sorted(state for _, state in await desk.states()) == ["failed"] * 5 + ["sent"] * 8
    assert len(desk.mail.recipients) == 5


async def test_a_reader_who_refuses_at_wechat_has_no_permit_left_here_either(desk: WechatDesk) -> None:
    home = await desk.home("o-1", permits=2, email="owner@example.com")
    desk.wechat.permits["o-1", MINI] = 0
    await desk.bill(home)
    await desk.all()
    assert await desk.permit_states() == ["void", "void"]
    assert await desk.states() == [("wechat", "failed"), ("email", "sent")]
    asked = len(desk.wechat.seen)
    await desk.bill(home)
    await desk.all()
    assert len(desk.wechat.seen) == asked


async def test_a_throttled_message_keeps_its_permit_for_the_next_attempt(desk: WechatDesk) -> None:
    home = await desk.home("o-1", permits=1)
    desk.wechat.refuses["o-1"] = 45009
    await desk.bill(home)
    await desk.run()
    assert await desk.permit_states() == ["held"]
    assert await desk.states() == [("wechat", "queued")]
    desk.wechat.refuses.clear()
    await desk.later()
    await desk.all()
    assert await desk.states() == [("wechat", "sent")]
    assert await desk.permit_states() == ["used"]


async def test_silence_after_the_request_is_unknown_and_its_permit_counts_as_used(desk: WechatDesk) -> None:
    home = await desk.home("o-1", permits=2, email="owner@example.com")
    await desk.bill(home)
    desk.wechat.hang = 1.0
    await desk.bill(await desk.home("o-2", permits=1))  # the token comes at once
    await desk.all()
    assert [state for _, state in await desk.states()] == ["unknown", "unknown"]
    assert sorted(await desk.permit_states()) == ["free", "used", "used"]
    assert desk.mail.recipients == []


async def test_an_openid_that_is_none_is_written_to_no_more_and_its_permit_is_free(desk: WechatDesk) -> None:
    home = await desk.home("o-1", permits=1, email="owner@example.com")
    desk.wechat.refuses["o-1"] = 40003
    await desk.bill(home)
    await desk.all()
    [account] = await desk.rows(accounts)
    assert account.disabled_at is not None
    assert await desk.permit_states() == ["free"]
    assert await desk.states() == [("wechat", "failed"), ("email", "sent")]
    await desk.bill(home)
    await desk.all()
    assert [channel for channel, _ in await desk.states()] == ["wechat", "email", "email"]


async def test_the_token_is_asked_for_once_and_again_when_wechat_ended_it(desk: WechatDesk) -> None:
    home = await desk.home("o-1", permits=3)
    await desk.bill(home, home)
    await desk.all()
    desk.wechat.token += 1
    await desk.bill(home)
    await desk.all()
    assert len(desk.wechat.taken) == 3
    assert [path for _, path, _ in desk.wechat.seen].count("/cgi-bin/stable_token") == 2


async def test_no_token_means_that_nothing_was_sent_and_the_permit_stays(desk: WechatDesk) -> None:
    home = await desk.home("o-1", permits=1)
    desk.wechat.secret = "another"
    await desk.bill(home)
    await desk.run()
    assert [a.outcome for a in await desk.rows(attempts)] == ["account"]
    assert await desk.permit_states() == ["held"]


async def test_the_service_account_follows_and_knows_a_repetition(desk: WechatDesk) -> None:
    await desk.know("wechat_service", ACCOUNT)
    unit, owner = await desk.home("o-1", email="owner@example.com")
    async with desk.feed.rt.db.tx(desk.feed.org) as tx:
        await put(tx, owner, "wechat_service", "follower-1")
    await desk.bill((unit, owner))
    await desk.all()
    [taken] = desk.wechat.taken
    assert (taken["touser"], taken["template_id"]) == ("follower-1", ACCOUNT)
    assert UUID(taken["client_msg_id"])
    assert await desk.states() == [("wechat", "failed"), ("wechat_account", "sent")]


async def test_who_no_longer_follows_the_account_gets_mail(desk: WechatDesk) -> None:
    await desk.know("wechat_service", ACCOUNT)
    unit, owner = await desk.home(None, email="owner@example.com")
    async with desk.feed.rt.db.tx(desk.feed.org) as tx:
        await put(tx, owner, "wechat_service", "follower-1")
    desk.wechat.refuses["follower-1"] = 43004
    await desk.bill((unit, owner))
    await desk.all()
    assert await desk.states() == [("wechat_account", "failed"), ("email", "sent")]


async def test_an_erased_person_leaves_neither_account_nor_permit(desk: WechatDesk) -> None:
    _, owner = await desk.home("o-1", permits=2)
    await desk.feed.apply([desk.feed.event("person.erased.v1", owner, {}, seq=2)])
    assert await desk.rows(accounts) == [] and await desk.rows(permits) == []
