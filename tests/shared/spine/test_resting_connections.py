"""Connections that only a rush needed are given back to the server; what is in use, and a few beside it, stays."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import asyncpg
import pytest

from shared.db.kept import FEW, Kept
from shared.runtime import Runtime
from tests.support.servers import Servers

RUSH = 6


async def open_now(admin: asyncpg.Connection) -> int:
    """How many connections of the toy the server holds."""
    found: int = await admin.fetchval(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'alpha-app' AND datname = current_database()"
    )
    return found


async def rush(pool: Kept) -> list[Any]:
    async with AsyncExitStack() as stack:
        return [(await stack.enter_async_context(pool.take()))[1] for _ in range(RUSH)]


async def until(admin: asyncpg.Connection, count: int) -> None:
    async with asyncio.timeout(20):
        while await open_now(admin) != count:
            await asyncio.sleep(0.05)


async def test_after_a_rush_a_few_connections_stay_and_the_server_has_the_others_back(
    alpha: Runtime, servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = alpha.db.app
    monkeypatch.setattr(pool, "_rest", 0.2)
    admin = await asyncpg.connect(servers.admin_url)
    try:
        assert len(set(map(id, await rush(pool)))) == RUSH
        await until(admin, FEW)
        assert len(pool.drivers()) == FEW
        # One that is at work is never counted among the resting.
        async with pool.take() as (_, raw):
            await rush_beside(pool)
            await until(admin, FEW + 1)
            assert await raw.fetchval("SELECT 1") == 1
    finally:
        await admin.close()


async def rush_beside(pool: Kept) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(RUSH - 1):
            await stack.enter_async_context(pool.take())


async def test_what_is_used_again_and_again_is_not_closed(alpha: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    pool = alpha.db.app
    monkeypatch.setattr(pool, "_rest", 0.3)
    await rush(pool)
    async with pool.take() as (_, first):
        pass
    for _ in range(20):
        await asyncio.sleep(0.05)
        async with pool.take() as (_, raw):
            assert raw is first, "the last that came back goes out first"
