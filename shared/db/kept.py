"""Connections that stay open between transactions, handed out with the driver below them.

The pool of the engine checks a connection out and in around every transaction, a twentieth of a busy write. Here one
is opened when it is first needed and then kept; one whose server went away is replaced, for the driver knows. Those
that only a rush needed are closed when they have rested a while: the server holds some 8 MB for each.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared import clock

#: Connections that stay however long they rest, and the seconds after which one more is closed.
FEW = 2
REST = 20.0


class Kept:
    """At most ``size`` connections of an engine. Waiting longer than ``timeout`` seconds raises SQLAlchemy's
    ``TimeoutError``, as its pools do. Beyond a few, one that rested ``rest`` seconds is closed."""

    def __init__(self, engine: AsyncEngine, size: int, timeout: float = 10.0, rest: float = REST) -> None:
        self.engine = engine
        self._slots = asyncio.Semaphore(size)
        self._timeout = timeout
        self._rest = rest
        # The last that came back goes out first, so that those at the beginning have rested longest.
        self._idle: list[tuple[AsyncConnection, Any, float]] = []
        self._tidying: asyncio.Task[None] | None = None

    @property
    def sync_engine(self) -> Engine:
        """The engine's synchronous face, where statements can be listened to."""
        return self.engine.sync_engine

    def drivers(self) -> list[Any]:
        """The drivers of the idle connections, for whoever wants to watch them."""
        return [raw for _, raw, _ in self._idle]

    @asynccontextmanager
    async def take(self) -> AsyncIterator[tuple[AsyncConnection, Any]]:
        """A connection and its driver, in autocommit. It must be left outside of any transaction."""
        if self._slots.locked():
            try:
                async with asyncio.timeout(self._timeout):  # `wait_for` would start a task for each that waits
                    await self._slots.acquire()
            except TimeoutError as error:
                raise PoolTimeout(f"no connection came free within {self._timeout:.0f} s") from error
        else:
            await self._slots.acquire()
        try:
            conn, raw = await self._open()
            try:
                yield conn, raw
            finally:
                if raw.is_closed() or raw.is_in_transaction():
                    await _drop(conn, raw)
                else:
                    self._idle.append((conn, raw, clock.monotonic()))
                    if len(self._idle) > FEW and (self._tidying is None or self._tidying.done()):
                        self._tidying = asyncio.create_task(self._tidy(), name="rested-connections")
        finally:
            self._slots.release()

    async def _open(self) -> tuple[AsyncConnection, Any]:
        while self._idle:
            conn, raw, _ = self._idle.pop()
            if not raw.is_closed():
                return conn, raw
            await _drop(conn, raw)
        conn = await self.engine.connect()
        return conn, (await conn.get_raw_connection()).driver_connection

    async def _tidy(self) -> None:
        """Close what rested long, until few are left."""
        while len(self._idle) > FEW:
            conn, _, since = self._idle[0]
            wait = since + self._rest - clock.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
                continue
            del self._idle[0]
            with suppress(Exception):
                await conn.close()

    async def close(self) -> None:
        """Close what is idle, and the engine."""
        if self._tidying is not None:
            self._tidying.cancel()
            with suppress(asyncio.CancelledError):
                await self._tidying
        while self._idle:
            conn, _, _ = self._idle.pop()
            with suppress(Exception):
                await conn.close()
        await self.engine.dispose()


async def _drop(conn: AsyncConnection, raw: Any) -> None:
    if not raw.is_closed():
        raw.terminate()
    with suppress(Exception):
        await conn.invalidate()
    with suppress(Exception):
        await conn.close()
