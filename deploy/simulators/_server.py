"""A simulator is a small real server on loopback: the adapters talk to it as they do to the provider."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any, Protocol

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request


class Simulator(Protocol):
    """Has an ASGI app; keeps what it was asked in ``seen``."""

    app: Starlette
    seen: list[tuple[str, str, dict[str, Any]]]


async def remember(simulator: Simulator, request: Request) -> dict[str, Any]:
    """Keep a request (method, path, query and body together) and return query and body."""
    body: dict[str, Any] = {}
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/json"):
        body = await request.json()
    elif kind.startswith("application/x-www-form-urlencoded"):
        body = dict((await request.form()).items())
    told = {**dict(request.query_params), **body}
    simulator.seen.append((request.method, request.url.path, told))
    return told


@contextlib.asynccontextmanager
async def served(app: Starlette) -> AsyncIterator[str]:
    """Serve an app on a free port of loopback; its base URL."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", ws="none", timeout_keep_alive=60)
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]  # the test run has its own
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
        listener.close()
