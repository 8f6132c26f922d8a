"""Connections that stay open between transactions, handed out with the driver below them.

The pool of the engine checks a connection out and in around every transaction, a twentieth of a busy write. Here one
is opened when it is first needed and then kept; one whose server went away is replaced, for the driver knows.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine


class Kept:
    """At most ``size`` connections of an engine. Waiting longer than ``timeout`` seconds raises SQLAlchemy's
    ``TimeoutError``, as its pools do."""

    def __init__(self, engine: AsyncEngine, size: int, timeout: float = 10.0) -> None:
        self.engine = engine
        self._slots = asyncio.Semaphore(size)
        self._timeout = timeout
        self._idle: list[tuple[AsyncConnection, Any]] = []

    @property
    def sync_engine(self) -> Engine:
        """The engine's synchronous face, where statements can be listened to."""
        return self.engine.sync_engine

    def drivers(self) -> list[Any]:
        """The drivers of the idle connections, for whoever wants to watch them."""
        return [raw for _, raw in self._idle]

    @asynccontextmanager
    async def take(self) -> AsyncIterator[tuple[AsyncConnection, Any]]:
        """A connection and its driver, in autocommit. It must be left outside of any transaction."""
        if self._slots.locked():
            try:
                await asyncio.wait_for(self._slots.acquire(), self._timeout)
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
                    self._idle.append((conn, raw))
        finally:
            self._slots.release()

    async def _open(self) -> tuple[AsyncConnection, Any]:
        while self._idle:
            conn, raw = self._idle.pop()
            if not raw.is_closed():
                return conn, raw
            await _drop(conn, raw)
        conn = await self.engine.connect()
        return conn, (await conn.get_raw_connection()).driver_connection

    async def close(self) -> None:
        """Close what is idle, and the engine."""
        while self._idle:
            conn, _ = self._idle.pop()
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
