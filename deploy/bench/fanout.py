"""``steward bench fanout``: messages over a local mail server and a local provider, against a bare loop of the same
client libraries with as many connections, in the same run.

Ours is notify's worker in a process of its own: it claims, sends, and records each attempt with its place in the chain.
It is one that has sent before, and its time runs from the moment when all of it waits: what is queued here is queued by
the benchmark. While the mails go out, urgent messages are told one by one: how long each takes from its cause to its
provider. Then a campaign is begun and paused: how long until nothing more of it is sent. The worker is weighed all the
while.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg

from deploy.bench import _fanout_rows as rows
from deploy.bench._place import fresh_folder, peak_of
from deploy.bench._report import say
from deploy.local.postgres import EmbeddedPostgres
from shared.clock import wall
from shared.db.migrations import migrate
from shared.db.provision import database_urls, provision, role_url
from shared.ids import uuid7

SEED = "bench-fanout"
#: As many as a worker sends side by side.
CONNECTIONS = 32
#: So many are sent over each way before anything is measured.
FIRST = 64
LEAST_RATIO, MOST_MB, MOST_URGENT_S, MOST_PAUSE_S = 0.6, 300.0, 2.0, 2.0


def run(arguments: Sequence[str]) -> int:
    """See the module. Exit code 1 when a message is missing or doubled, or a limit broken."""
    parser = argparse.ArgumentParser(prog="steward bench fanout")
    parser.add_argument("--messages", type=int, default=10_000, help="over each of the two")
    parser.add_argument("--patience", type=int, default=3600, help="seconds after which it is given up")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(list(arguments))
    with fresh_folder() as folder:
        server = EmbeddedPostgres(folder)
        admin = server.start()
        sinks = Sinks()
        try:
            asyncio.run(provision(admin, ["notify"], SEED))
            migrate("notify", role_url(admin, "notify", "owner", SEED))
            return asyncio.run(_measure(admin, sinks, options))
        finally:
            sinks.close()
            server.stop()


class Sinks:
    """The far side, in a process of its own."""

    def __init__(self) -> None:
        self._process = _python("_fanout_sinks", stdin=subprocess.PIPE)
        self.ports: dict[str, int] = json.loads(self._line())

    def _line(self) -> bytes:
        assert self._process.stdout is not None  # piped above
        return self._process.stdout.readline()

    def taken(self) -> dict[str, int]:
        """How much each has taken so far."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")
        self._process.stdin.flush()
        found: dict[str, int] = json.loads(self._line())
        return found

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()


def _python(module: str, *arguments: object, **more: Any) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", f"deploy.bench.{module}", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, **more)


def _floor(channel: str, port: int, messages: int) -> float:
    done = _python("_fanout_floor", channel, port, messages, CONNECTIONS)
    out, _ = done.communicate()
    return float(out)


def _worker(admin: str, sinks: Sinks) -> subprocess.Popen[bytes]:
    settings: dict[str, Any] = {
        **database_urls(admin, "notify", SEED),
        "service": "notify",
        "mode": "development",
        "development_secrets": True,
        "redis_url": "redis://127.0.0.1:1/0",  # only a bell: nothing rings it here
        "master_key": "11" * 32,
        "link_key": "22" * 32,
    }
    environment = {
        **os.environ,
        "BENCH_SETTINGS": json.dumps(settings),
        "STEWARD_NOTIFY_EMAIL_URL": f"smtp://127.0.0.1:{sinks.ports['smtp']}",
        "STEWARD_NOTIFY_ALIYUN_SMS_URL": f"http://127.0.0.1:{sinks.ports['http']}",
        "STEWARD_NOTIFY_ALIYUN_SMS_KEY_ID": "bench",
        "STEWARD_NOTIFY_ALIYUN_SMS_KEY_SECRET": "bench",
    }
    process = _python("_fanout_worker", env=environment)
    assert process.stdout is not None  # piped
    if process.stdout.readline() != b"ready\n":
        raise RuntimeError("the worker did not start")
    # What it has to complain about is shown, and never fills the pipe.
    threading.Thread(target=shutil.copyfileobj, args=(process.stdout, sys.stderr.buffer), daemon=True).start()
    return process


async def _measure(admin: str, sinks: Sinks, options: argparse.Namespace) -> int:
    connection = await asyncpg.connect(admin)
    org, count = uuid7(), options.messages
    persons = await rows.people(connection, org, count)
    await rows.approve(connection, org)
    found: dict[str, Any] = {}
    worker = _worker(admin, sinks)
    waits: list[float] = []
    with peak_of(lambda: [worker.pid], every=0.5) as peak:
        try:
            for channel, port in (("email", sinks.ports["smtp"]), ("sms", sinks.ports["http"])):
                # Half of it before and half after ours: what else the machine does changes by the minute.
                floor = await asyncio.to_thread(_floor, channel, port, count - count // 2)
                await _queue(admin, org, persons[:FIRST], channel)
                await _sent(connection, org, channel, options.patience)
                before = sinks.taken()[channel]
                began = await _queue(admin, org, persons, channel)
                urgent = asyncio.create_task(_urgent(admin, org, persons, waits)) if channel == "email" else None
                await _sent(connection, org, channel, options.patience)
                seconds = time.monotonic() - began
                extra = 0
                if urgent is not None:
                    urgent.cancel()
                    await asyncio.gather(urgent, return_exceptions=True)
                    await _sent(connection, org, channel, options.patience, bulk=False)
                    # The last of them may have been on its way when we stopped looking: the database knows how many.
                    extra = await connection.fetchval(
                        "SELECT count(*) FROM notify.deliveries WHERE org_id = $1 AND channel = $2 AND NOT bulk",
                        org,
                        channel,
                    )
                taken = sinks.taken()[channel] - before - extra
                floor += await asyncio.to_thread(_floor, channel, port, count // 2)
                found[channel] = {
                    "floor_per_s": round(count / floor, 1),
                    "per_s": round(count / seconds, 1),
                    "ratio": round(floor / seconds, 3),
                    "taken": taken,
                }
            found["pause_s"] = await _paused(connection, org, sinks)
        finally:
            worker.kill()
            worker.wait()
    await connection.close()
    return _said(found, waits, peak[0], options)


async def _queue(admin: str, org: UUID, persons: Sequence[UUID], channel: str) -> float:
    """Queue a message to each of these, over a connection that made no plans when the tables were small; and have the
    server look at them anew, as it does by itself within the minute. When all of it waited, on the process's clock."""
    connection = await asyncpg.connect(admin)
    await rows.queue(connection, org, persons, channel)
    began = time.monotonic()
    await connection.execute("ANALYZE notify.messages, notify.deliveries, notify.contacts, notify.ref_units")
    await connection.close()
    return began


async def _sent(connection: asyncpg.Connection, org: UUID, channel: str, patience: int, *, bulk: bool = True) -> None:
    """Wait until all of a channel's lane is handed over."""
    ends = time.monotonic() + patience
    while time.monotonic() < ends:
        left = await connection.fetchval(
            "SELECT EXISTS (SELECT 1 FROM notify.deliveries WHERE org_id = $1 AND channel = $2 AND bulk = $3 "
            "AND state IN ('queued', 'sending'))",
            org,
            channel,
            bulk,
        )
        if not left:
            return
        await asyncio.sleep(0.05)
    raise RuntimeError(f"{channel}: not all was sent in {patience} seconds")


async def _urgent(admin: str, org: UUID, persons: Sequence[UUID], waits: list[float]) -> None:
    """Tell one person after another something urgent; how long each waits until the provider has it."""
    connection = await asyncpg.connect(admin)
    while True:
        at = wall()
        [delivery] = await rows.queue(connection, org, [persons[len(waits) % len(persons)]], "email", bulk=False)
        while True:
            ended = await connection.fetchval(
                "SELECT ended_at FROM notify.attempts WHERE org_id = $1 AND delivery_id = $2", org, delivery
            )
            if ended is not None:
                break
            await asyncio.sleep(0.02)
        waits.append((ended - at).total_seconds())
        await asyncio.sleep(0.2)


async def _paused(connection: asyncpg.Connection, org: UUID, sinks: Sinks) -> float:
    """Begin a campaign to all and pause it under way: seconds until the last message of it arrived after that."""
    id = await rows.campaign(connection, org)
    before = sinks.taken()
    while sum(sinks.taken().values()) - sum(before.values()) < 200:
        await asyncio.sleep(0.05)
    await connection.execute("UPDATE notify.campaigns SET stage = 'paused' WHERE org_id = $1 AND id = $2", org, id)
    at = last = time.monotonic()
    seen = sum(sinks.taken().values())
    while time.monotonic() - last < 3:
        await asyncio.sleep(0.02)
        now = sum(sinks.taken().values())
        if now != seen:
            seen, last = now, time.monotonic()
    return round(last - at, 2)


def _said(found: dict[str, Any], waits: Sequence[float], peak: float, options: argparse.Namespace) -> int:
    ordered = sorted(waits)
    p50, p99 = (ordered[min(len(ordered) - 1, len(ordered) * share // 100)] for share in (50, 99))
    ways = [found["email"], found["sms"]]
    ratio = min(way["ratio"] for way in ways)
    whole = all(way["taken"] == options.messages for way in ways)
    say(
        "fanout",
        as_json=options.json,
        ratio=ratio,
        floor=ways[0]["floor_per_s"],
        measured=ways[0]["per_s"],
        p50_ms=round(p50 * 1000),
        p99_ms=round(p99 * 1000),
        peak_mb=peak,
        messages=options.messages,
        connections=CONNECTIONS,
        urgent=len(ordered),
        each_once=whole,
        **found,
    )
    good = ratio >= LEAST_RATIO and p99 < MOST_URGENT_S and peak < MOST_MB and found["pause_s"] < MOST_PAUSE_S
    return 0 if whole and good else 1
