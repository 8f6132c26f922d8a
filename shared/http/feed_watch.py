"""Waiting for something new in a feed: one look at the head for all who wait, however many they are."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from uuid import UUID

from shared.http.watch import Listener, Watch
from shared.messaging import feed


class FeedWatch(Watch):
    """Watches the heads of organisations as long as somebody waits for them, four times a second."""

    name = "feed"
    pause = 0.25

    async def wait(self, org: UUID, after: int, timeout: float) -> int:
        """The organisation's head once it is above `after`, or what it is when `timeout` seconds are over."""
        head = 0
        try:
            async with asyncio.timeout(timeout), self.on(org, org) as bell:
                while (head := bell.listener.seen or 0) <= after:
                    await bell.wait(timeout)
        except TimeoutError:
            pass
        return head

    async def look(self, org: UUID, here: Listener) -> Iterable[UUID]:
        """The organisation itself, when its head has moved."""
        before = here.seen
        async with self._db.read(org) as tx:
            here.seen = await feed.head(tx)
        return (org,) if here.seen != before else ()
