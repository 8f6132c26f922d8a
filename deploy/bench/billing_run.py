"""``steward bench billing-run``: a month for a community of 1,000,000 units, against the same rows written by hand.

Ours is the worker's own code in a process of its own: it decides each unit, numbers, books, tells and audits each bill
in chunks it can resume, and proves the sum. The floor is one INSERT … SELECT per table, in the same run, into the same
tables of the same database. Then the worker is killed with -9 in the middle of another month and started again: the
bills must be those of a run that nobody disturbed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg

from deploy.bench import _billing_rows as rows
from deploy.bench._place import fresh_folder, peak_of
from deploy.bench._report import say
from deploy.local.postgres import EmbeddedPostgres
from shared import clock
from shared.db.migrations import migrate
from shared.db.provision import database_urls, provision, role_url
from shared.ids import uuid7

SEED = "bench-billing-run"
MOST_RATIO, MOST_MB = 2.0, 300.0


def run(arguments: Sequence[str]) -> int:
    """See the module. Exit code 1 when a bill is missing or doubled, or a limit broken."""
    parser = argparse.ArgumentParser(prog="steward bench billing-run")
    parser.add_argument("--units", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(list(arguments))
    with fresh_folder() as folder:
        server = EmbeddedPostgres(folder)
        admin = server.start()
        try:
            asyncio.run(provision(admin, ["billing"], SEED))
            migrate("billing", role_url(admin, "billing", "owner", SEED))
            return asyncio.run(_measure(admin, options))
        finally:
            server.stop()


async def _measure(admin: str, options: argparse.Namespace) -> int:
    connection = await asyncpg.connect(admin)
    org = uuid7()
    await rows.build(connection, org, options.units)
    by_hand, ours, killed = uuid7(), uuid7(), uuid7()
    await rows.add_run(connection, org, by_hand, rows.COMMUNITY_B, rows.PERIOD)
    await rows.add_run(connection, org, ours, rows.COMMUNITY_A, rows.PERIOD)
    await rows.add_run(connection, org, killed, rows.COMMUNITY_A, "2025-02")
    await connection.execute("CHECKPOINT")
    floor = await rows.floor(connection, org, by_hand, clock.wall_micros() // 1000)
    await connection.execute("CHECKPOINT")
    measured, peak = await _work(admin, org, ours)
    first = await rows.counted(connection, org, ours)
    kills = await _killed(admin, connection, org, killed, options.units)
    again = await rows.counted(connection, org, killed)
    hand = await rows.counted(connection, org, by_hand)
    await connection.close()
    ratio = measured / floor
    same = first == again == hand and first["bills"] == options.units and kills > 0
    say(
        "billing-run",
        as_json=options.json,
        ratio=round(ratio, 3),
        floor=round(floor, 2),
        measured=round(measured, 2),
        peak_mb=peak,
        units=options.units,
        bills_per_s=round(options.units / measured),
        kills=kills,
        same_bills=same,
        rows=first,
    )
    return 0 if same and ratio <= MOST_RATIO and peak <= MOST_MB else 1


def _worker(admin: str, org: UUID, run_id: UUID) -> subprocess.Popen[bytes]:
    settings: dict[str, Any] = {
        **database_urls(admin, "billing", SEED),
        "mode": "development",
        "development_secrets": True,
        "redis_url": "redis://127.0.0.1:1/0",  # only a bell: nothing rings it here
        "master_key": "11" * 32,
        "link_key": "22" * 32,
    }
    command = [sys.executable, "-m", "deploy.bench._billing_worker", str(org), str(run_id)]
    environment = {**os.environ, "BENCH_SETTINGS": json.dumps(settings)}
    process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None and process.stdout is not None  # piped above
    if process.stdout.readline() != b"ready\n":
        raise RuntimeError("the worker did not start")
    return process


def _go(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None  # piped when it was started
    process.stdin.write(b"go\n")
    process.stdin.flush()


async def _work(admin: str, org: UUID, run_id: UUID) -> tuple[float, float]:
    """One process to the end of a run: its seconds, and the peak of its memory in MB."""
    process = _worker(admin, org, run_id)
    assert process.stdout is not None  # piped when it was started
    with peak_of(lambda: [process.pid], every=0.2) as peak:
        began = time.monotonic()
        _go(process)
        said = await asyncio.to_thread(process.stdout.readline)
        seconds = time.monotonic() - began
        code = await asyncio.to_thread(process.wait)
    if code or said != b"done\n":
        raise RuntimeError(f"the worker ended with {code}")
    return seconds, peak[0]


async def _killed(admin: str, connection: asyncpg.Connection, org: UUID, run_id: UUID, units: int) -> int:
    """A run whose worker is killed twice on its way; the number of kills that met it at work."""
    kills = 0
    for part in (0.3, 0.6):
        process = _worker(admin, org, run_id)
        _go(process)
        while process.poll() is None:
            done = await connection.fetchval(
                "SELECT units FROM billing.billing_runs WHERE org_id = $1 AND id = $2", org, run_id
            )
            if done >= units * part:
                process.send_signal(signal.SIGKILL)
                break
            await asyncio.sleep(0.01)
        kills += await asyncio.to_thread(process.wait) == -signal.SIGKILL
    await _work(admin, org, run_id)
    return kills
