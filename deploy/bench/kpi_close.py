"""``steward bench kpi-close``: all computed indicators of a quarter for 200 communities, and their letters sealed.

The values are what the service's own code gives of every indicator in every community, in a process of its own; the
floor is one GROUP BY by hand over the same facts in the same run, in turn, and the best of each counts. Sealing (each
letter scored, its facts pinned one by one and hashed) is timed apart. The sums must be those of the floor, wherever a
plain sum is what the letter means.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg

from deploy.bench import _kpi_rows as rows
from deploy.bench._place import fresh_folder, peak_of
from deploy.bench._report import say
from deploy.local.postgres import EmbeddedPostgres
from shared.db.migrations import migrate
from shared.db.provision import database_urls, provision, role_url
from shared.ids import uuid7

SEED = "bench-kpi-close"
MOST_RATIO = 2.0


def run(arguments: Sequence[str]) -> int:
    """See the module. Exit code 1 when a sum differs, a letter is not sealed, or the limit is broken."""
    parser = argparse.ArgumentParser(prog="steward bench kpi-close")
    parser.add_argument("--facts", type=int, default=3_000_000)
    parser.add_argument("--communities", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(list(arguments))
    with fresh_folder() as folder:
        server = EmbeddedPostgres(folder)
        admin = server.start()
        try:
            asyncio.run(provision(admin, ["kpi"], SEED))
            migrate("kpi", role_url(admin, "kpi", "owner", SEED))
            return asyncio.run(_measure(admin, options))
        finally:
            server.stop()


async def _measure(admin: str, options: argparse.Namespace) -> int:
    connection = await asyncpg.connect(admin)
    org = uuid7()
    facts = await rows.build(connection, org, options.communities, options.facts)
    worker = Worker(admin, org)
    floors: list[float] = []
    ours: list[float] = []
    told: dict[str, Any] = {}
    by_hand: dict[str, tuple[str, str]] = {}
    with peak_of(lambda: [worker.process.pid], every=0.2) as peak:
        for _ in range(options.rounds):
            seconds, by_hand = await rows.floor(connection, org)
            floors.append(seconds)
            told = await worker.ask("values")
            ours.append(told["seconds"])
        sealed = await worker.ask("seal")
    worker.end()
    await connection.close()
    ratio = min(ours) / min(floors)
    same = all(tuple(told["sums"].get(code, ())) == by_hand[code] for code in rows.plain())
    fine = same and told["communities"] == sealed["cards"] == options.communities
    say(
        "kpi-close",
        as_json=options.json,
        ratio=round(ratio, 3),
        floor=round(min(floors), 3),
        measured=round(min(ours), 3),
        peak_mb=peak[0],
        facts=facts,
        communities=told["communities"],
        indicators=len(told["sums"]),
        same_sums=same,
        seal_s=round(sealed["seconds"], 2),
        sealed=sealed["cards"],
        pinned=sealed["pinned"],
        limit_ratio=MOST_RATIO,
    )
    return 0 if fine and ratio <= MOST_RATIO else 1


class Worker:
    """The process that values and closes, from outside."""

    def __init__(self, admin: str, org: UUID) -> None:
        settings: dict[str, Any] = {
            **database_urls(admin, "kpi", SEED),
            "mode": "development",
            "development_secrets": True,
            "redis_url": "redis://127.0.0.1:1/0",  # only a bell: nothing rings it here
            "master_key": "11" * 32,
            "link_key": "22" * 32,
        }
        command = [sys.executable, "-m", "deploy.bench._kpi_worker", str(org)]
        environment = {**os.environ, "BENCH_SETTINGS": json.dumps(settings)}
        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdin is not None and self.process.stdout is not None  # piped above
        self._in, self._out = self.process.stdin, self.process.stdout
        if self._out.readline() != "ready\n":
            raise RuntimeError("the worker did not start")

    async def ask(self, what: str) -> dict[str, Any]:
        """Have it do one thing."""
        self._in.write(f"{what}\n")
        self._in.flush()
        line = await asyncio.to_thread(self._out.readline)
        if not line:
            raise RuntimeError(f"the worker ended with {await asyncio.to_thread(self.process.wait)}")
        found: dict[str, Any] = json.loads(line)
        return found

    def end(self) -> None:
        """Let it go."""
        self._in.close()
        self.process.wait()
