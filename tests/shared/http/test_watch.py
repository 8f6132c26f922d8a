"""One listener for all who wait: whom it rings, what it survives, and when it goes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from shared.http.watch import Listener, Watch
from shared.ids import uuid7


class Told(Watch):
    """Rings what it was told to, or fails as told."""

    name = "told"
    pause = 0.01

    def __init__(self) -> None:
        nowhere: Any = None  # it asks no database
        super().__init__(nowhere)
        self.news: list[UUID | Exception] = []
        self.looks = 0

    async def look(self, org: UUID, here: Listener) -> Iterable[UUID]:
        """The news, or the failure."""
        self.looks += 1
        found, self.news = self.news, []
        for one in found:
            if isinstance(one, Exception):
                raise one
        return [one for one in found if isinstance(one, UUID)]


async def test_who_waits_for_a_subject_is_rung_and_nobody_else_and_one_listener_looks_for_all() -> None:
    watch, org, mine, other = Told(), uuid7(), uuid7(), uuid7()
    async with watch.on(org, mine) as first, watch.on(org, mine) as second, watch.on(org, other) as third:
        assert len(watch._listeners) == 1
        watch.news = [mine]
        assert await first.wait(5) and await second.wait(5)
        assert not await third.wait(0.05)
        assert not await first.wait(0.05)  # rung once for each news
    async with asyncio.timeout(5):
        while watch._listeners:
            await asyncio.sleep(0.01)
    looks = watch.looks
    await asyncio.sleep(0.05)
    assert watch.looks == looks  # nobody waits: nobody looks


async def test_a_look_that_fails_is_followed_by_another_and_nobody_who_waits_notices() -> None:
    watch, org, mine = Told(), uuid7(), uuid7()
    watch.news = [ConnectionError()]
    async with watch.on(org, mine) as bell:
        watch.news = [mine]
        assert await bell.wait(10)
    await watch.close()


async def test_who_stops_waiting_before_the_first_look_leaves_nothing_behind() -> None:
    watch, org = Told(), uuid7()

    async def wait() -> None:
        async with watch.on(org, uuid7()):
            raise AssertionError("nobody comes here")

    waiting = asyncio.create_task(wait())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    async with asyncio.timeout(5):
        while watch._listeners:
            await asyncio.sleep(0.01)
