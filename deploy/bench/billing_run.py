"""``steward bench billing-run``: a month for a community of 1,000,000 units, against the same rows written by hand.

Ours is the worker's own code in a process of its own: it decides each unit, numbers, books, tells and audits each bill
in chunks it can resume, and proves the sum. The floor is one INSERT … SELECT per table, in the same run, into the same
tables of the same database. Then the worker is killed with -9 in the middle of another month and started again: the
bills must be those of a run that nobody disturbed.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from uuid import UUID

import asyncpg

from deploy.bench import _billing_rows as rows
from deploy.bench._billing_worker import Worker
from deploy.bench._place import fresh_folder
from deploy.bench._report import say
from deploy.local.postgres import EmbeddedPostgres
from shared import clock
from shared.db.migrations import migrate
from shared.db.provision import provision, role_url
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
    measured, peak = await _worker(admin, org, ours).to_the_end()
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


def _worker(admin: str, org: UUID, run_id: UUID) -> Worker:
    return Worker(admin, SEED, org, "billing.run", {"run_id": str(run_id)})


async def _killed(admin: str, connection: asyncpg.Connection, org: UUID, run_id: UUID, units: int) -> int:
    """A run whose worker is killed twice on its way; the number of kills that met it at work."""

    async def done() -> int:
        return int(
            await connection.fetchval(
                "SELECT units FROM billing.billing_runs WHERE org_id = $1 AND id = $2", org, run_id
            )
        )

    kills = 0
    for part in (0.3, 0.6):
        kills += await _worker(admin, org, run_id).killed_at(done, int(units * part))
    await _worker(admin, org, run_id).to_the_end()
    return kills
