"""The demo's HTTP client against a real server: connections kept, answers whole, silence and refusal told
apart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from deploy.demo.client import Api, Refused
from deploy.demo.wire import NoAnswer, Wire


class Server:
    """Answers what `says` returns; counts connections and keeps the requests it saw."""

    def __init__(self) -> None:
        self.connections = 0
        self.requests: list[bytes] = []
        self.says: list[bytes] = []
        self.address = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lengths = [line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")]
                body = await reader.readexactly(int(lengths[0].split(b":")[1])) if lengths else b""
                self.requests.append(head + body)
                said = self.says.pop(0) if self.says else b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
                writer.write(said)
                if not said or b"Connection: close" in said:
                    writer.close()
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    found = Server()
    listening = await asyncio.start_server(found.serve, "127.0.0.1", 0)
    found.address = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    yield found
    listening.close()


async def test_connections_are_kept_and_no_more_than_allowed(server: Server) -> None:
    wire = Wire(server.address, most=3)
    answers = await asyncio.gather(*(wire.ask("GET", "/x", {}, None) for _ in range(20)))
    assert {(a.status, a.body) for a in answers} == {(200, b"{}")}
    assert server.connections <= 3
    await wire.close()


async def test_chunked_and_closed_answers_are_whole(server: Server) -> None:
    server.says = [
        b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
        b"HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx",
    ]
    wire = Wire(server.address, most=1)
    assert await wire.ask("POST", "/x", {"A": "b"}, b"{}") is not None
    second = await wire.ask("GET", "/y", {}, None)
    third = await wire.ask("GET", "/z", {}, None)
    assert (second.status, second.body, third.status) == (404, b"x", 200)
    assert server.connections == 2
    await wire.close()


async def test_silence_and_a_lost_connection_are_no_answer(server: Server) -> None:
    server.says = [b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort", b""]
    wire = Wire(server.address, most=1, seconds=0.2)
    with pytest.raises(NoAnswer, match="no answer within"):
        await wire.ask("GET", "/", {}, None)
    with pytest.raises(NoAnswer, match="closed"):
        await wire.ask("GET", "/", {}, None)


async def test_an_unanswered_post_is_repeated_under_the_same_key(server: Server) -> None:
    server.says = [b"", b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"]
    api = Api(server.address)
    assert await api.post("/x", "token", {"a": 1}, "key-1") == {}
    keys = {line for r in server.requests for line in r.split(b"\r\n") if line.startswith(b"Idempotency-Key")}
    assert len(server.requests) == 3 and len(keys) == 1
    assert api.requests == 1
    await api.close()


async def test_a_refusal_ends_the_demo_with_what_was_said(server: Server) -> None:
    server.says = [b"HTTP/1.1 422 No\r\nContent-Length: 7\r\n\r\nbecause"]
    with pytest.raises(Refused, match="because") as refused:
        await Api(server.address).post("/x", "token", {}, "key")
    assert refused.value.exit_code != 0
