"""A small HTTP/1.1 client over kept-alive connections.

The demo shares two cores with the stack it plays on, and a general client costs more processor time per
request than the request itself. This one does what the demo needs: a request with a body, a response with
its status and body.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import httptools

CONNECT_SECONDS = 5.0


class NoAnswer(Exception):
    """The connection failed before the whole answer was there; the request may or may not have been done."""


@dataclass(frozen=True)
class Answer:
    """A response."""

    status: int
    body: bytes


class _Connection(asyncio.Protocol):
    """One connection, one request at a time; the parser calls the `on_` methods."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._parser: httptools.HttpResponseParser | None = None
        self._waiting: asyncio.Future[Answer] | None = None
        self._body: list[bytes] = []
        self.open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self.open = True

    def connection_lost(self, exc: Exception | None) -> None:
        self.open = False
        self._fail(NoAnswer(f"the connection was closed: {exc}"))

    def data_received(self, data: bytes) -> None:
        assert self._parser is not None
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self.close()
            self._fail(NoAnswer(f"no HTTP: {error}"))

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        assert self._parser is not None
        answer = Answer(self._parser.get_status_code(), b"".join(self._body))
        if not self._parser.should_keep_alive():
            self.close()
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(answer)

    def _fail(self, error: Exception) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(error)

    async def ask(self, request: bytes, seconds: float) -> Answer:
        """Send a request and wait for its answer. Raises NoAnswer."""
        assert self._transport is not None
        self._parser = httptools.HttpResponseParser(self)
        self._body = []
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        try:
            return await asyncio.wait_for(self._waiting, seconds)
        except TimeoutError as error:
            self.close()
            raise NoAnswer(f"no answer within {seconds:.0f} s") from error

    def close(self) -> None:
        """End the connection."""
        self.open = False
        if self._transport is not None:
            self._transport.close()


class Wire:
    """Up to `most` connections to one address; more requests wait for a free one."""

    def __init__(self, address: str, most: int, seconds: float = 60.0) -> None:
        parts = urlsplit(address)
        self._host = parts.hostname or "127.0.0.1"
        self._port = parts.port or 80
        self._seconds = seconds
        self._free: asyncio.LifoQueue[_Connection | None] = asyncio.LifoQueue()
        for _ in range(most):
            self._free.put_nowait(None)

    async def ask(self, method: str, target: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """One request; the answer whatever its status. Raises NoAnswer."""
        lines = [f"{method} {target} HTTP/1.1", f"Host: {self._host}:{self._port}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if body is not None:
            lines.append(f"Content-Length: {len(body)}")
        request = "\r\n".join([*lines, "", ""]).encode() + (body or b"")
        connection = await self._free.get()
        try:
            if connection is None or not connection.open:
                connection = await self._connected()
            return await connection.ask(request, self._seconds)
        finally:
            self._free.put_nowait(connection)

    async def _connected(self) -> _Connection:
        loop = asyncio.get_running_loop()
        try:
            _, connection = await asyncio.wait_for(
                loop.create_connection(_Connection, self._host, self._port), CONNECT_SECONDS
            )
        except (OSError, TimeoutError) as error:
            raise NoAnswer(f"cannot connect: {error!r}") from error
        return connection

    async def close(self) -> None:
        """End all connections that are free."""
        while not self._free.empty():
            connection = self._free.get_nowait()
            if connection is not None:
                connection.close()
