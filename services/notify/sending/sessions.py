"""Sessions with providers, kept from one job to the next: opening one costs a mail server's greeting, or a handshake,
which a single urgent message should not wait for.

A job takes one for itself, so that no two speak over the same line. As many are open as jobs run side by side; what
rests a while is closed, all are when the process ends, and one whose job broke off is never used again, for it may
stand in the middle of a message. That a line broke, or that the far side wants no more over it, is the session's own
to know: it opens another.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

from services.notify.domain.channels import Provider, Session
from shared import clock
from shared.runtime import Runtime

#: Seconds: sooner than servers lose their patience with a line that says nothing.
REST: Final = 20.0


@dataclass(frozen=True)
class _Open:
    provider: str
    session: Session
    door: AbstractAsyncContextManager[Session]

    async def close(self) -> None:
        with suppress(Exception):  # the far side may be gone; there is nothing to be done about it
            await self.door.__aexit__(None, None, None)


@dataclass
class Borrowed:
    """The sessions of one job, by provider."""

    kept: Sessions
    _mine: dict[str, _Open] = field(default_factory=dict)

    async def of(self, provider: Provider) -> Session:
        """This job's session with a provider."""
        found = self._mine.get(provider.code)
        if found is None:
            found = self._mine[provider.code] = await self.kept.take(provider)
        return found.session

    def all(self) -> list[_Open]:
        """What is to be given back, or closed."""
        return list(self._mine.values())


class Sessions:
    """The sessions of this process that rest, those that came back last at the end."""

    def __init__(self, rest: float = REST) -> None:
        self._rest = rest
        self._resting: list[tuple[_Open, float]] = []
        self._tidying: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def borrowed(self) -> AsyncIterator[Borrowed]:
        """Sessions for one job, given back when it ends well and closed otherwise."""
        borrowed = Borrowed(self)
        try:
            yield borrowed
        except BaseException:
            await _close(borrowed.all())
            raise
        self._resting += [(one, clock.monotonic()) for one in borrowed.all()]
        if self._resting and (self._tidying is None or self._tidying.done()):
            self._tidying = asyncio.create_task(self._tidy(), name="rested-sessions")

    async def take(self, provider: Provider) -> _Open:
        """A session that rests, or a new one."""
        for place in range(len(self._resting) - 1, -1, -1):
            if self._resting[place][0].provider == provider.code:
                return self._resting.pop(place)[0]
        door = provider.open()
        return _Open(provider.code, await door.__aenter__(), door)

    async def _tidy(self) -> None:
        while self._resting:
            wait = self._resting[0][1] + self._rest - clock.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
                continue
            await self._resting.pop(0)[0].close()

    async def close(self) -> None:
        """Close all that rest; those under way are closed by their jobs."""
        if self._tidying is not None:
            self._tidying.cancel()
            with suppress(asyncio.CancelledError):
                await self._tidying
        resting, self._resting = self._resting, []
        await _close([one for one, _ in resting])


async def _close(opened: list[_Open]) -> None:
    await asyncio.gather(*(one.close() for one in opened))


def sessions_of(rt: Runtime) -> Sessions:
    """The sessions of this process, closed with it."""
    found: Sessions | None = rt.state.get("notify.sessions")
    if found is None:
        found = rt.state["notify.sessions"] = Sessions()
        rt.closing.push_async_callback(found.close)
    return found
