"""Messages to other notification services over apprise: what the wire said decides, and the inside is out of reach."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest

from deploy.simulators._server import served
from services.notify.channels import apprise
from services.notify.models import accounts, attempts, deliveries, messages
from services.notify.personal.registry import ACCOUNTS
from shared import clock
from tests.notify.support import Feed
from tests.notify.worker.desk import Desk, desk_of
from tests.support.simulators.apprise import NtfyAndBark
from tests.support.world import World

DAY = datetime.fromisoformat("2025-03-07T10:00:00+08:00")
ACCOUNTS_URL = "/notify/v1/accounts"


@dataclass
class Post:
    """The desk, the service, and how somebody links an address there."""

    desk: Desk
    sim: NtfyAndBark
    host: str
    api: httpx.AsyncClient
    world: World
    owner: UUID
    home: tuple[UUID, UUID]

    def url(self, kind: str) -> str:
        host = self.host.removeprefix("http://")
        return {"ntfy": f"ntfy://{host}/cuihu?mode=private&retry=5", "bark": f"bark://{host}/d3v1ce"}[kind]

    async def link(self, url: str) -> httpx.Response:
        me = self.world.token("resident", self.desk.feed.org, units=[self.home[0]], sub=self.owner)
        head = {**me, "Accept-Language": "en"}
        return await self.api.post(f"{ACCOUNTS_URL}/apprise", headers=head, json={"url": url})

    async def bill(self) -> None:
        await self.desk.feed.apply(self.desk.feed.bills([self.home]))
        await self.desk.run()


@pytest.fixture
async def post(
    world: World,
    org: UUID,
    api: httpx.AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
    standing: Callable[[datetime], Any],
) -> AsyncIterator[Post]:
    standing(DAY)
    sim = NtfyAndBark()
    async with AsyncExitStack() as stack:
        desk = await stack.enter_async_context(desk_of(Feed(world.runtime("notify"), org), monkeypatch))
        host = await stack.enter_async_context(served(sim.app))
        given = apprise.AppriseSettings(schemas="*", read_timeout=0.5, connect_timeout=1.0, mode="development")
        monkeypatch.setattr(apprise, "settings", lambda: given)
        home = await desk.feed.household("1-1", email="wang@example.com")
        yield Post(desk, sim, host, api, world, home[1], home)


def production(monkeypatch: pytest.MonkeyPatch, schemas: str = "*") -> None:
    given = apprise.AppriseSettings(schemas=schemas, mode="production")
    monkeypatch.setattr(apprise, "settings", lambda: given)


@pytest.mark.parametrize("kind", ["ntfy", "bark"])
async def test_a_bill_goes_to_the_service_that_its_reader_linked(post: Post, kind: str) -> None:
    linked = await post.link(post.url(kind))
    assert linked.status_code == 200, linked.text
    [account] = linked.json()["items"]
    assert (account["kind"], account["device"]) == ("apprise", kind)
    assert "cuihu" not in linked.text and "d3v1ce" not in linked.text
    await post.bill()
    [said] = post.sim.taken
    assert "1-1" in orjson.dumps(said).decode()
    assert await post.desk.states() == [("apprise", "sent")]
    assert post.desk.mail.recipients == []


@pytest.mark.parametrize("kind", ["ntfy", "bark"])
async def test_throttled_it_waits_as_long_as_the_service_asks(post: Post, kind: str) -> None:
    await post.link(post.url(kind))
    post.sim.status = 429
    await post.bill()
    assert await post.desk.states() == [("apprise", "queued")]
    assert len(post.sim.seen) == 1  # the plug-in's own repetitions are not made
    [delivery] = await post.desk.rows(deliveries)
    assert delivery.next_at >= clock.wall() + timedelta(seconds=60)
    post.sim.status = 0
    await post.desk.later()
    await post.desk.run()
    assert await post.desk.states() == [("apprise", "sent")]


@pytest.mark.parametrize("status", [400, 401, 404, 410])
async def test_refused_for_good_it_goes_on_by_mail(post: Post, status: int) -> None:
    await post.link(post.url("ntfy"))
    post.sim.status = status
    await post.bill()
    await post.desk.run()
    assert await post.desk.states() == [("apprise", "failed"), ("email", "sent")]
    [account] = await post.desk.rows(accounts)
    assert (account.disabled_at is not None) == (status == 410)


@pytest.mark.parametrize("mood", ["hang", "status"])
async def test_what_may_have_arrived_is_unknown_and_goes_nowhere_else(post: Post, mood: str) -> None:
    await post.link(post.url("ntfy"))
    setattr(post.sim, mood, {"hang": 1.5, "status": 500}[mood])
    await post.bill()
    await post.desk.later()
    await post.desk.run()
    assert await post.desk.states() == [("apprise", "unknown")]
    assert len(post.sim.seen) == 1 and post.desk.mail.recipients == []


async def test_without_a_connection_it_is_tried_again(post: Post) -> None:
    await post.link("ntfy://127.0.0.1:1/cuihu?mode=private")
    await post.bill()
    [tried] = await post.desk.rows(attempts)
    assert tried.outcome == "unreachable"
    assert await post.desk.states() == [("apprise", "queued")]


async def test_a_service_that_is_down_holds_up_nobody_elses(post: Post) -> None:
    other = await post.desk.feed.household("1-2")
    await post.link("ntfy://127.0.0.1:1/cuihu?mode=private")
    mine, post.owner, post.home = post.home, other[1], other
    await post.link(post.url("bark"))
    for _ in range(3):
        await post.desk.feed.apply(post.desk.feed.bills([mine]))
        await post.desk.run()
    await post.bill()
    assert len(post.sim.taken) == 1


async def test_a_redirect_is_not_followed(post: Post) -> None:
    await post.link(post.url("ntfy"))
    post.sim.location = f"{post.host}/moved"
    await post.bill()
    assert [path for _, path, _ in post.sim.seen] == ["/"]
    assert (await post.desk.states())[0] == ("apprise", "failed")


async def test_an_answer_without_an_end_ends(post: Post) -> None:
    await post.link(post.url("ntfy"))
    post.sim.endless = True
    await post.bill()
    assert [state for _, state in await post.desk.states()] == ["sent"]


async def test_outside_development_the_inside_is_not_called_whatever_was_saved(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    await post.link(post.url("ntfy").replace("ntfy://", "ntfys://"))
    production(monkeypatch)
    await post.bill()
    assert post.sim.seen == []
    [tried] = await post.desk.rows(attempts)
    assert (tried.outcome, tried.detail) == ("refused", "internal")


async def test_a_name_that_leads_inside_is_not_called(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    production(monkeypatch)
    inside = [(2, 1, 6, "", ("10.0.0.7", 443))]
    monkeypatch.setattr("services.notify.channels._apprise_wire.socket.getaddrinfo", lambda *_, **__: inside)
    assert (await post.link("ntfys://ntfy.example.com/cuihu")).status_code == 200
    await post.bill()
    [tried] = await post.desk.rows(attempts)
    assert (tried.outcome, tried.detail) == ("refused", "internal")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("file:///etc/passwd", "this notification service is not taken here"),
        ("syslog://localhost", "this notification service is not taken here"),
        ("mailto://a:b@example.com", "this notification service is not taken here"),
        ("slack://A/B/C?template=/etc/passwd", "not an address of this service"),
        ("workflows://w.example.com/w/s?template=/etc/passwd", "not an address of this service"),
        ("fcm://project@key/topic?keyfile=/etc/passwd", "not an address of this service"),
        ("tgram://nonsense", "not an address of this service"),
        ("bark://api.day.app/one/two", "the address leads to more than one reader"),
        ("ntfy://ntfy.example.com/plain", "the service must be reached over https"),
        ("json://example.com/", "the service must be reached over https"),
        ("jsons://127.0.0.1/", "it leads into an internal network"),
        ("ntfys://printer.local/cuihu", "it leads into an internal network"),
        ("ntfys://[::1/", "not an address of this service"),
    ],
)
async def test_an_address_that_leads_nowhere_or_inside_is_refused_when_saved(
    post: Post, monkeypatch: pytest.MonkeyPatch, url: str, why: str
) -> None:
    production(monkeypatch)
    said = await post.link(url)
    assert said.status_code == 422, said.text
    assert said.json()["code"] == "notify.account.address_refused"
    assert [error["message"] for error in said.json()["errors"]] == [why]
    assert await post.desk.rows(accounts) == []


async def test_only_the_services_that_were_set_up_are_taken(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    production(monkeypatch, "barks")
    assert (await post.link("ntfys://ntfy.sh/cuihu")).status_code == 422
    assert (await post.link("barks://api.day.app/d3v1ce")).status_code == 200
    production(monkeypatch, "")
    said = await post.link("barks://api.day.app/d3v1ce")
    assert (said.status_code, said.json()["code"]) == (409, "notify.account.not_set_up")


async def test_the_last_address_counts_and_anothers_is_not_taken_over(post: Post) -> None:
    await post.link(post.url("ntfy"))
    again = await post.link(post.url("bark"))
    assert [item["device"] for item in again.json()["items"]] == ["bark"]
    assert (await post.link(post.url("bark"))).status_code == 200
    other = await post.desk.feed.household("1-2")
    post.owner, post.home = other[1], other
    said = await post.link(post.url("bark"))
    assert (said.status_code, said.json()["code"]) == (409, "notify.account.address_taken")


async def test_the_address_is_kept_sealed_follows_a_merger_and_goes_with_its_reader(post: Post) -> None:
    await post.link(post.url("bark"))
    [row] = await post.desk.rows(accounts)
    assert b"d3v1ce" not in bytes(row.sealed) and "d3v1ce" not in row.address
    feed = post.desk.feed
    async with feed.rt.db.tx(feed.org) as tx:
        assert "d3v1ce" not in str(await ACCOUNTS.collect(tx, post.owner))
    survivor = await feed.household("1-3")
    await feed.apply([feed.event("person.merged.v1", post.owner, {"survivor_id": str(survivor[1])}, seq=2)])
    post.home = survivor
    await post.bill()
    assert len(post.sim.taken) == 2  # of the merger, and the bill
    await feed.apply([feed.event("person.erased.v1", survivor[1], {}, seq=2)])
    assert await post.desk.rows(accounts) == []
    assert all(row.body is None for row in await post.desk.rows(messages))
