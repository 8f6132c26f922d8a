"""The HTTP client of providers: where a request goes, and that one message's answer does not colour another's."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from services.notify.channels.providers._http import ask, client_of


@pytest.mark.parametrize("path", ["", "/", "/v2", "/v2/"])
async def test_a_request_goes_below_the_address_that_was_set_and_carries_no_cookie_of_an_earlier_answer(
    path: str,
) -> None:
    seen: list[tuple[str, bool]] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2):
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            seen.append((head.split(" ")[1], "cookie:" in head))
            writer.write(b"HTTP/1.1 200 OK\r\nset-cookie: who=first\r\ncontent-length: 2\r\n\r\n{}")
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, client_of(f"http://127.0.0.1:{port}{path}", 5, 5) as client:
        for _ in range(2):
            said = await ask(client, method="POST", url="/send?a=%7B%7D&b=1")
            assert isinstance(said, httpx.Response) and said.status_code == 200
    assert seen == [(f"{path.rstrip('/')}/send?a=%7b%7d&b=1", False)] * 2
