"""Waiting for news of one thing: whoever looks at a case hears of that case, and costs nothing while it rests.

One listener an organisation reads the subjects of what is new in the feed and rings those who wait for them. So a
thousand open screens are one small query when something happens, hold no connection, and each reads again only when
its own case has moved.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from uuid import UUID

import structlog

from shared.http.feed_watch import FeedWatch
from shared.messaging import feed

if TYPE_CHECKING:
    from shared.db.database import Database

log = structlog.get_logger(__name__)

#: How long a listener looks for news before it asks whether anybody still waits, in seconds.
_ROUND: Final = 5.0
_AFTER_TROUBLE: Final = 1.0


class Bell:
    """Rings when there is news of one subject; hung up before the first look, so that nothing falls in between."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """There is news."""
        self._rung.set()

    async def wait(self, seconds: float) -> bool:
        """Whether it rang within that time, or had rung since the last wait."""
        try:
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        except TimeoutError:
            return False
        self._rung.clear()
        return True


@dataclass
class _Listener:
    bells: dict[UUID, set[Bell]] = field(default_factory=dict)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None


class SubjectWatch:
    """Rings the bells of subjects that events speak of."""

    def __init__(self, db: Database, heads: FeedWatch) -> None:
        self._db = db
        self._heads = heads
        self._listeners: dict[UUID, _Listener] = {}

    @asynccontextmanager
    async def on(self, org: UUID, subject: UUID) -> AsyncIterator[Bell]:
        """A bell for one subject of an organisation, taken down at the end."""
        here = self._listeners.setdefault(org, _Listener())
        bell = Bell()
        here.bells.setdefault(subject, set()).add(bell)
        if here.task is None:
            here.task = asyncio.create_task(self._listen(org, here), name=f"subject-watch-{org}")
        try:
            # What happens once the listener knows where it starts is rung; what happened before, the first look shows.
            await here.ready.wait()
            yield bell
        finally:
            hung = here.bells[subject]
            hung.discard(bell)
            if not hung:
                del here.bells[subject]

    async def close(self) -> None:
        """Stop listening; who waits runs into the timeout."""
        for here in self._listeners.values():
            if here.task is not None:
                here.task.cancel()

    async def _listen(self, org: UUID, here: _Listener) -> None:
        position: int | None = None
        while here.bells:
            try:
                if position is None:
                    async with self._db.read(org) as tx:
                        position = await feed.head(tx)
                head = position if not here.ready.is_set() else await self._heads.wait(org, position, _ROUND)
                if head > position:
                    async with self._db.read(org) as tx:
                        moved = await feed.subjects(tx, after=position, until=head)
                    position = head
                    self._ring(here, moved)
            except Exception as problem:  # the database may be away for a moment; it goes on from where it was
                log.warning("subject.watch.failed", problem=type(problem).__name__)
                await asyncio.sleep(_AFTER_TROUBLE)
            here.ready.set()
        # No await since the last look at the bells: whoever comes now starts a listener anew.
        if self._listeners.get(org) is here:
            del self._listeners[org]

    @staticmethod
    def _ring(here: _Listener, moved: frozenset[UUID]) -> None:
        for subject in moved & here.bells.keys():
            for bell in here.bells[subject]:
                bell.ring()
