"""Waiting for something new in a feed: one look at the head for all who wait, however many they are."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

import structlog

from shared.messaging import feed

if TYPE_CHECKING:
    from shared.db.database import Database

log = structlog.get_logger(__name__)


@dataclass
class _Watch:
    head: int = 0
    waiting: int = 0
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None


class FeedWatch:
    """Watches the heads of organisations as long as somebody waits for them.

    A thousand long polls of one organisation cost one small query per `interval` seconds, and no open connection.
    """

    def __init__(self, db: Database, interval: float = 0.25) -> None:
        self._db = db
        self._interval = interval
        self._watches: dict[UUID, _Watch] = {}

    async def wait(self, org: UUID, after: int, timeout: float) -> int:
        """The organisation's head once it is above `after`, or what it is when `timeout` seconds are over."""
        watch = self._watches.setdefault(org, _Watch())
        watch.waiting += 1
        if watch.task is None or watch.task.done():
            watch.task = asyncio.create_task(self._poll(org, watch), name=f"feed-watch-{org}")
        try:
            async with asyncio.timeout(timeout):
                while watch.head <= after:
                    await watch.moved.wait()
        except TimeoutError:
            pass
        finally:
            watch.waiting -= 1
        return watch.head

    async def close(self) -> None:
        """Stop watching; who waits runs into the timeout."""
        for watch in self._watches.values():
            if watch.task is not None:
                watch.task.cancel()

    async def _poll(self, org: UUID, watch: _Watch) -> None:
        while watch.waiting > 0:
            try:
                async with self._db.read(org) as tx:
                    head = await feed.head(tx)
            except Exception as problem:  # the database may be away for a moment; those who wait go on waiting
                log.warning("feed.watch.failed", problem=type(problem).__name__)
                head = watch.head
            if head != watch.head:
                watch.head = head
                moved, watch.moved = watch.moved, asyncio.Event()
                moved.set()
            await asyncio.sleep(self._interval)
        if self._watches.get(org) is watch:
            del self._watches[org]
