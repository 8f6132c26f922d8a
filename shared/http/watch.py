"""Waiting for news without asking for it: one listener an organisation looks for all who wait there, and rings those
whom it concerns. A thousand who wait are one small query a look, hold no connection, and read only when they are rung.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Final
from uuid import UUID

import structlog

if TYPE_CHECKING:
    from shared.db.database import Database

log = structlog.get_logger(__name__)

_AFTER_TROUBLE: Final = 1.0


@dataclass(eq=False)
class Bell:
    """Rings when there is news of one subject; hung up before the first look, so that nothing falls in between."""

    listener: Listener
    _rung: asyncio.Event = field(default_factory=asyncio.Event)

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


@dataclass(eq=False)
class Listener:
    """Who waits in an organisation, and what its looks have `seen`."""

    bells: dict[UUID, set[Bell]] = field(default_factory=dict)
    seen: Any = None
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None


class Watch(ABC):
    """Listens for an organisation as long as somebody there waits; `pause` seconds between two looks."""

    name: ClassVar[str]
    pause: float = 0.0

    def __init__(self, db: Database) -> None:
        self._db = db
        self._listeners: dict[UUID, Listener] = {}

    @abstractmethod
    async def look(self, org: UUID, here: Listener) -> Iterable[UUID]:
        """The subjects of which there is news since the last look, of those that are waited for."""

    @asynccontextmanager
    async def on(self, org: UUID, subject: UUID) -> AsyncIterator[Bell]:
        """A bell for one subject of an organisation, taken down at the end."""
        here = self._listeners.setdefault(org, Listener())
        bell = Bell(here)
        here.bells.setdefault(subject, set()).add(bell)
        if here.task is None:
            here.task = asyncio.create_task(self._listen(org, here), name=f"{self.name}-watch-{org}")
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

    async def _listen(self, org: UUID, here: Listener) -> None:
        while here.bells:
            pause = self.pause
            try:
                for subject in await self.look(org, here):
                    for bell in here.bells.get(subject, ()):
                        bell.ring()
            except Exception as problem:  # the database may be away for a moment; it goes on from where it was
                log.warning(f"{self.name}.watch.failed", problem=type(problem).__name__)
                pause = max(pause, _AFTER_TROUBLE)
            here.ready.set()
            await asyncio.sleep(pause)
        # No await since the last look at the bells: whoever comes now starts a listener anew.
        if self._listeners.get(org) is here:
            del self._listeners[org]
