"""Consumers of the feeds over a real socket: the documented one, and one that is killed while many write."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import random
import threading
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import uvicorn

from services.kpi.domain.feed_rows import FeedRow, tombstone
from services.kpi.feeds.writing import tell
from shared.ids import uuid7
from tests.kpi.api.support import freeze, letter
from tests.kpi.support import Feed, local
from tests.support.world import World

SAMPLE = Path(__file__).resolve().parents[3] / "docs" / "integrators" / "feeds_consumer.py"
DAY = date(2025, 3, 1)


def sample() -> Any:
    """The consumer as the page has it."""
    spec = importlib.util.spec_from_file_location("feeds_consumer", SAMPLE)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
async def address(world: World) -> AsyncIterator[str]:
    """The app on a port of its own, in this loop, so that it keeps its connections."""
    config = uvicorn.Config(world.apps["kpi"], port=0, log_level="warning", lifespan="off", access_log=False)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await serving


def test_the_documented_consumer_has_thirty_lines() -> None:
    assert len([line for line in SAMPLE.read_text(encoding="utf-8").splitlines() if line.strip()]) <= 30


async def test_the_documented_consumer_ends_with_the_manifests_hash(
    api: httpx.AsyncClient, world: World, org: UUID, address: str
) -> None:
    token = world.token("integrator", org, units=[org], scope=["feed.read"])["Authorization"].removeprefix("Bearer ")
    feed = Feed(world, org)
    feed.register()
    feed.complaint(local(3, 7), responds_after=timedelta(minutes=30), mark=90)
    await feed.apply()
    signed = await letter(api, world, feed)
    held = await asyncio.to_thread(sample().follow, address, token)
    assert len(held["cases"][1]) > 0 and held["scorecards"][1] == {}
    await freeze(api, world, feed, signed["id"])
    held = await asyncio.to_thread(sample().follow, address, token, None, held)
    (line,) = held["scorecards"][1].values()
    assert json.loads(line)["status"] == "closed"
    # A cursor that nobody can go on from: it starts anew by itself.
    lost = {name: ("999999", dict(rows)) for name, (_, rows) in held.items()}
    assert await asyncio.to_thread(sample().follow, address, token, None, lost) == held


async def test_a_consumer_killed_while_300_communities_write_and_die_sees_everything_in_the_end(
    world: World, org: UUID, address: str
) -> None:
    headers = world.token("integrator", org, units=[org], scope=["feed.read"])
    token = headers["Authorization"].removeprefix("Bearer ")
    chance, db = random.Random(7), world.runtime("kpi").db
    communities = [str(uuid7()) for _ in range(300)]
    truth: dict[str, int | None] = {}
    writing = threading.Event()
    writing.set()

    async def write(community: str) -> None:
        """One community's writer, now and then dying right before its commit."""
        for step in range(3):
            rows: list[FeedRow] = []
            for n in chance.sample(range(6), 3):
                key = f"{community}/{n}"
                if chance.random() < 0.2:
                    rows.append(tombstone("cases", key, community, DAY, DAY, local(3, 1)))
                else:
                    content = {"key": key, "value": step * 100 + n}
                    rows.append(FeedRow("cases", key, community, DAY, DAY, content, step, 1))
            try:
                async with db.tx(org) as tx:
                    tell(tx, rows)
                    if chance.random() < 0.2:
                        raise ConnectionError("killed")
            except ConnectionError:
                continue
            truth.update({row.key: None if row.deleted else row.content["value"] for row in rows})

    async def pull(held: dict[str, Any], after: str | None) -> str | None:
        """One pull, cut off somewhere; what was read before counts, the cursor only when all was."""
        params = {"format": "ndjson", **({"after": after} if after else {})}
        dies_after = chance.randrange(400) if chance.random() < 0.5 else None
        if after is None:
            held.clear()  # a snapshot that was cut off is begun from nothing: no tombstone tells what went since
        async with httpx.AsyncClient(base_url=address, headers=headers) as client:
            async with client.stream("GET", "/kpi/v1/feeds/cases", params=params) as answer:
                read = 0
                async for line in answer.aiter_lines():
                    found = json.loads(line)
                    held[found["key"]] = None if found.get("deleted") else found["value"]
                    read += 1
                    if read == dies_after:
                        return after
                return str(answer.headers["Steward-After"])

    async def consume() -> tuple[dict[str, Any], str | None]:
        held: dict[str, Any] = {}
        after = None
        while writing.is_set():
            after = await pull(held, after)
            await asyncio.sleep(0.005)
        return held, after

    consumer = asyncio.create_task(consume())
    await asyncio.gather(*(write(community) for community in communities))
    writing.clear()
    held, after = await consumer
    head = (await _manifest(address, headers))["after"]
    while after != head:
        after = await pull(held, after)
    assert {k: v for k, v in held.items() if v is not None} == {k: v for k, v in truth.items() if v is not None}
    followed = await asyncio.to_thread(sample().follow, address, token)  # asserts the manifest's hash
    assert {key: json.loads(line)["value"] for key, line in followed["cases"][1].items()} == {
        key: value for key, value in truth.items() if value is not None
    }
    async with db.read(org) as tx:
        positions = await tx.raw.fetch("SELECT position FROM kpi.feed_changes WHERE org_id = $1 ORDER BY 1", org)
    assert [row["position"] for row in positions] == list(range(1, int(head) + 1))


async def _manifest(address: str, headers: dict[str, str]) -> dict[str, Any]:
    async with httpx.AsyncClient(base_url=address, headers=headers) as client:
        found: dict[str, Any] = (await client.get("/kpi/v1/feeds/manifest")).json()["feeds"]["cases"]
        return found
