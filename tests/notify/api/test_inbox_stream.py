"""One's own inbox live: what arrives is told within moments, goes on after a break, and ends with the token."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.notify.inbox import live
from services.notify.inbox.live import InboxWatch, stream
from services.notify.inbox.router import _line
from shared import clock
from shared.ids import uuid7, uuid7_floor
from tests.notify.support import Feed
from tests.support.world import World


@pytest.fixture
def feed(world: World, org: UUID) -> Feed:
    return Feed(world.runtime("notify"), org)


@pytest.fixture
async def watch(feed: Feed) -> AsyncIterator[InboxWatch]:
    found = InboxWatch(feed.rt.db)
    yield found
    async with asyncio.timeout(10):  # who has gone is listened for no more
        while found._listeners:
            await asyncio.sleep(0.05)
    assert found.open == 0


def listen(feed: Feed, watch: InboxWatch, person: UUID, after: UUID | None = None, seconds: float = 20) -> Any:
    return stream(watch, feed.rt.db, feed.org, person, after, seconds, _line)


async def message(lines: AsyncIterator[bytes]) -> tuple[UUID, dict[str, Any]]:
    """The next message of a stream, with its place."""
    async with asyncio.timeout(10):
        while True:
            chunk = (await anext(lines)).decode()
            if chunk.startswith("id: "):
                place, event, data = chunk.strip().split("\n")
                assert event == "event: message"
                return UUID(place.removeprefix("id: ")), json.loads(data.removeprefix("data: "))


async def begun(lines: AsyncIterator[bytes], watch: InboxWatch, many: int = 1) -> asyncio.Task[Any]:
    """Somebody who listens and waits."""
    assert (await anext(lines)).startswith(b"retry")
    waiting = asyncio.create_task(message(lines))
    async with asyncio.timeout(5):
        while watch.open < many:
            await asyncio.sleep(0.02)
    return waiting


async def test_what_arrives_is_told_to_its_reader_alone_and_goes_on_after_a_break(
    feed: Feed, watch: InboxWatch
) -> None:
    home, other = await feed.household("1-101"), await feed.household("1-102", name="李四")
    await feed.apply(feed.bills([home]))  # before anybody listened: the inbox has it
    mine, theirs = listen(feed, watch, home[1]), listen(feed, watch, other[1])
    heard, silent = await begun(mine, watch), await begun(theirs, watch, 2)
    await feed.apply(feed.bills([home]))
    place, first = await heard
    assert "213.42 元" in first["title"] and first["read_at"] is None
    assert not silent.done()
    await mine.aclose()

    await feed.apply(feed.bills([home]))
    again = listen(feed, watch, home[1], after=place)
    await anext(again)
    found = [(await message(again))[1]["id"] for _ in range(2)]
    assert first["id"] in found  # what came within the same moment may come again, under its own id
    assert len(set(found) - {first["id"]}) == 1
    await again.aclose()
    silent.cancel()
    await asyncio.gather(silent, return_exceptions=True)
    await theirs.aclose()


async def test_after_a_longer_break_each_message_comes_once(
    feed: Feed, watch: InboxWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "AT_ONCE", 2)
    home = await feed.household()
    await feed.apply([event for _ in range(5) for event in feed.bills([home])])
    lines = listen(feed, watch, home[1], after=uuid7_floor(clock.wall() - timedelta(minutes=5)), seconds=0)
    told = [chunk async for chunk in lines]
    assert len([chunk for chunk in told if chunk.startswith(b"id: ")]) == 5
    assert len(set(told)) == len(told)


@pytest.mark.parametrize("place", [UUID(int=0), UUID(int=2**128 - 1)])
async def test_a_place_that_cannot_be_is_taken_for_the_nearest_that_can(
    feed: Feed, watch: InboxWatch, place: UUID
) -> None:
    home = await feed.household()
    await feed.apply(feed.bills([home]))
    lines = [chunk async for chunk in listen(feed, watch, home[1], after=place, seconds=0)]
    assert len([chunk for chunk in lines if chunk.startswith(b"id: ")]) == 1


async def test_somebody_who_listens_everywhere_is_refused_and_nobody_else(
    feed: Feed, api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    home = await feed.household()
    me = world.token("resident", org, units=[home[0]], sub=home[1])
    url, once = "/notify/v1/inbox/stream", {"seconds": 0}
    answer = await api.get(url, headers=me, params=once)
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/event-stream")
    rt = world.apps["notify"].state.runtime
    watch: InboxWatch = rt.state["notify.inbox"]
    async with watch.on(org, home[1]), watch.on(org, home[1]), watch.on(org, home[1]):
        async with watch.on(org, home[1]), watch.on(org, home[1]):
            refused = await api.get(url, headers=me, params=once)
            assert (refused.status_code, refused.json()["code"]) == (429, "notify.inbox.too_many_streams")
            other = world.token("resident", org, units=[uuid7()], sub=uuid7())
            assert (await api.get(url, headers=other, params=once)).status_code == 200
    assert (await api.get(url, headers=me, params=once)).status_code == 200
    assert (await api.get(url, params=once)).status_code == 401
