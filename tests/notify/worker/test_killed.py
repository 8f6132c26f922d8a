"""The sender killed between sending and recording, with a Redis that is not there: nothing lost, nothing sent twice."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.notify.models import attempts, deliveries
from services.notify.sending.records import GROUP
from shared import clock
from tests.notify.support import Feed
from tests.notify.worker.smtp import Moody, smtp_server
from tests.support.world import World

MAILS = 60


def worker(feed: Feed, mail: Moody, faults: Path) -> subprocess.Popen[bytes]:
    """Notify's lanes of jobs in a process of their own, whose Redis is away."""
    settings = feed.rt.settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"})
    environment = {
        **os.environ,
        "BENCH_SETTINGS": settings.model_dump_json(),
        "STEWARD_NOTIFY_EMAIL_URL": mail.url,
        "STEWARD_FAULT_DIR": str(faults),
    }
    return subprocess.Popen([sys.executable, "-m", "deploy.bench._fanout_worker"], env=environment)


async def rows(feed: Feed, table: Any) -> list[Any]:
    async with feed.rt.db.read(feed.org) as tx:
        return list(await tx.rows(select(table).where(table.c.org_id == tx.org_id).order_by(table.c.id)))


async def nobody_else_waits(feed: Feed) -> None:
    """The worker works for everybody: take away what other organisations of this database left."""
    async with feed.rt.db.sweep() as raw:
        others = await raw.fetch("SELECT DISTINCT org_id FROM notify.jobs WHERE org_id <> $1", feed.org)
    for other in others:
        async with feed.rt.db.tx(other["org_id"]) as tx:
            await tx.raw.execute("DELETE FROM notify.jobs WHERE org_id = $1", other["org_id"])


async def ended(process: subprocess.Popen[bytes]) -> int:
    while process.poll() is None:
        await asyncio.sleep(0.05)
    return process.returncode


async def settled(feed: Feed) -> None:
    """Wait until nothing is under way, as if the leases of the dead had run out."""
    while True:
        async with feed.rt.db.tx(feed.org) as tx:
            await tx.raw.execute(
                "UPDATE notify.jobs SET run_at = $2 WHERE org_id = $1 AND state = 'running' AND attempts = 1",
                feed.org,
                clock.wall(),
            )
        if {d.state for d in await rows(feed, deliveries)} <= {"sent", "unknown"}:
            return
        await asyncio.sleep(0.2)


async def test_killed_between_sending_and_recording_one_group_is_in_doubt_and_nobody_hears_twice(
    world: World, org: UUID, tmp_path: Path, mail_is_set_up: None
) -> None:
    feed = Feed(world.runtime("notify"), org)
    homes = [await feed.household(f"1-{n}", email=f"o{n}@example.com") for n in range(MAILS)]
    await feed.apply(feed.bills(homes))
    await nobody_else_waits(feed)
    (tmp_path / "between_send_and_record").touch()
    async with smtp_server() as mail:
        first = worker(feed, mail, tmp_path)
        assert await ended(first) == -signal.SIGKILL
        assert len(mail.recipients) == GROUP
        assert {d.state for d in await rows(feed, deliveries)} == {"sending", "queued"}
        second = worker(feed, mail, tmp_path)
        try:
            async with asyncio.timeout(120):
                await settled(feed)
        finally:
            second.kill()
            second.wait()
        assert sorted(mail.recipients) == sorted(f"o{n}@example.com" for n in range(MAILS))  # each once
    states = [d.state for d in await rows(feed, deliveries)]
    assert (states.count("unknown"), states.count("sent")) == (GROUP, MAILS - GROUP)
    told = [a.code for a in await rows(feed, attempts) if a.outcome == "unknown"]
    assert told == ["interrupted"] * GROUP  # marked as what it is
