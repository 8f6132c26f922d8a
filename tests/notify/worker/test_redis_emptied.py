"""Redis emptied again and again while bills are told, with the bells in it, and a worker killed: every bill reaches its
owner, nobody hears of one twice, and the one about which the mail server fell silent is marked as in doubt.

The workers are processes of their own: billing's puts its events in order and rings, notify's hears, pulls and sends.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import redis.asyncio as redis
from sqlalchemy import select

from deploy.local.redis import EmbeddedRedis
from deploy.simulators._server import served
from services.notify.models import attempts, deliveries
from shared.settings import SERVICES
from shared.worker.runner import queue_name
from tests.notify.support import Feed
from tests.notify.worker.smtp import Moody, smtp_server
from tests.support.servers import Servers, own_database
from tests.support.world import World

pytestmark = pytest.mark.full

WAVES, OF_ONE = 10, 6
SILENT = "owner-3-3@example.com"


class Stage:
    """Services over a database and a Redis of their own, which their workers reach over HTTP."""

    def __init__(self, world: World, urls: dict[str, str], bell: redis.Redis, mail: Moody) -> None:
        self.world, self.urls, self.bell, self.mail = world, urls, bell, mail

    def worker(self, service: str) -> subprocess.Popen[bytes]:
        """The worker of a service."""
        peers = {f"{name}_url": url for name, url in self.urls.items()}
        settings = self.world.runtime(service).settings.model_copy(update=peers)
        environment = {
            **os.environ,
            "WORKER_SETTINGS": settings.model_dump_json(),
            "STEWARD_NOTIFY_EMAIL_URL": self.mail.url,
            "STEWARD_NOTIFY_EMAIL_DATA_TIMEOUT": "2",
        }
        command = [sys.executable, "-m", "tests.support.worker_process", service]
        return subprocess.Popen(command, env=environment)


@pytest.fixture
async def stage(servers: Servers, tmp_path: Path) -> AsyncIterator[Stage]:
    server = EmbeddedRedis(tmp_path / "redis")
    async with AsyncExitStack() as stack:
        stack.callback(server.stop)
        url = await asyncio.to_thread(server.start)
        world = World()
        stack.push_async_callback(world.close)
        await world.start(Servers(await own_database(servers), url), SERVICES)
        urls = {name: await stack.enter_async_context(served(app)) for name, app in world.apps.items()}
        bell = redis.Redis.from_url(url)
        stack.push_async_callback(bell.aclose)
        yield Stage(world, urls, bell, await stack.enter_async_context(smtp_server()))


@asynccontextmanager
async def emptied(bell: redis.Redis) -> AsyncIterator[list[int]]:
    """Redis emptied twenty times a second; how many bells were in the queue each time."""
    lost: list[int] = []

    async def empty() -> None:
        while True:
            lost.append(await bell.zcard(queue_name("notify")))
            await bell.flushall()
            await asyncio.sleep(0.05)

    task = asyncio.create_task(empty())
    try:
        yield lost
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def rows(feed: Feed, table: Any) -> list[Any]:
    async with feed.rt.db.read(feed.org) as tx:
        return list(await tx.rows(select(table).where(table.c.org_id == tx.org_id).order_by(table.c.id)))


async def told(feed: Feed, number: int) -> None:
    """Wait until so many deliveries are there and none is under way."""
    async with asyncio.timeout(120):
        while True:
            states = [d.state for d in await rows(feed, deliveries)]
            if len(states) == number and set(states) <= {"sent", "unknown"}:
                return
            await asyncio.sleep(0.1)


async def test_with_redis_emptied_again_and_again_each_bill_is_told_once_and_doubt_is_marked(stage: Stage) -> None:
    org = await stage.world.new_org()
    feed = Feed(stage.world.runtime("notify"), org)
    addresses = [f"owner-{wave}-{n}@example.com" for wave in range(WAVES) for n in range(OF_ONE)]
    homes = [await feed.household(f"1-{n}", email=address) for n, address in enumerate(addresses)]
    stage.mail.hang.add(SILENT)
    workers = {name: stage.worker(name) for name in ("billing", "notify")}
    try:
        async with emptied(stage.bell) as lost:
            for wave in range(WAVES):
                async with stage.world.runtime("billing").db.tx(org) as tx:
                    for bill in feed.bills(homes[wave * OF_ONE : (wave + 1) * OF_ONE]):
                        tx.emit(bill.type, subject=bill.subject, seq=bill.seq, data=bill.data)
                await asyncio.sleep(0.3)
                if wave == WAVES // 2:
                    workers["notify"].kill()
                    workers["notify"].wait()
                    workers["notify"] = stage.worker("notify")
            await told(feed, len(addresses))
        assert sum(lost) > 0  # bells were in it
    finally:
        for worker in workers.values():
            worker.kill()
            worker.wait()
    # Whom the killed worker was writing to is in doubt as well: such a mail may have gone, and goes at most once.
    doubtful = {d.id for d in await rows(feed, deliveries) if d.state == "unknown"}
    came = Counter(stage.mail.recipients)
    assert set(came.values()) == {1}
    assert len(addresses) - len(came) <= len(doubtful) - 1
    marked = {a.delivery_id: a.code for a in await rows(feed, attempts) if a.outcome == "unknown"}
    assert set(marked) == doubtful and "silence" in marked.values()
    assert set(marked.values()) <= {"silence", "interrupted"}
