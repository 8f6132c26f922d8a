"""Bells over a real Redis: rung at whoever listens, also when Redis has just lost everything it knew."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from uuid import uuid4

import pytest
import redis.asyncio as redis

from shared.worker import runner
from shared.worker.runner import Bells, queue_name, subscribers_key
from tests.shared.spine import toy
from tests.support.servers import Servers


async def announced(bells: Bells, follows: list[str]) -> None:
    """One round of what a worker tells and learns."""
    with suppress(TimeoutError):
        async with asyncio.timeout(0.3):
            await bells.announce(follows)


async def test_who_follows_is_rung_and_stays_so_when_redis_loses_its_data(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, listener = f"source-{uuid4().hex[:8]}", f"listener-{uuid4().hex[:8]}"
    settings = toy.toy_settings("alpha", servers)
    rings, hears = Bells(source, settings), Bells(listener, settings)
    client = redis.Redis.from_url(servers.redis_url)
    await announced(hears, [source])
    await announced(rings, [])
    await rings.ring(uuid4(), 1)
    assert await client.zcard(queue_name(listener)) == 1

    await client.delete(subscribers_key(source), queue_name(listener))
    await announced(rings, [])
    await rings.ring(uuid4(), 2)
    assert await client.zcard(queue_name(listener)) == 1, "it is still known, though Redis forgot it"

    # Who does not come back is forgotten in the end.
    monkeypatch.setattr(runner, "_FORGOTTEN_AFTER", -1.0)
    await announced(rings, [])
    await rings.ring(uuid4(), 3)
    assert await client.zcard(queue_name(listener)) == 1
    for bells in (rings, hears):
        await bells.close()
    await client.aclose()


async def test_a_redis_that_is_away_loses_the_bell_and_nothing_else(servers: Servers) -> None:
    settings = toy.toy_settings("alpha", servers).model_copy(update={"redis_url": "redis://127.0.0.1:9/0"})
    bells = Bells("alpha", settings)
    await bells.ring(uuid4(), 1)
    await announced(bells, ["beta"])
    await bells.close()
