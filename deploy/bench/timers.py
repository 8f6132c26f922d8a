"""``steward bench timers``: many promises broken at the same second, and how long until every breach has been told.

A complaint is taken in through the gateway; copies of it, each with its clocks, are put beside it in bulk so that the
response of all of them falls due at one second. From that second on the running workers fire their timers: measured
until each breach is an event with a position in the feed, which is when others can read it. The other services follow
the feed meanwhile, as they always do. There is no floor; what counts is the limit.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from deploy.bench._place import family, fresh_folder, peak_of
from deploy.bench._report import say
from deploy.bench._tickets import HUNG, Piece, copies, take_in
from deploy.local import background
from deploy.local.folder import DataFolder
from deploy.local.options import Options
from deploy.local.ports import free_port
from shared.clock import wall

#: Within so many seconds all breaches are to be told.
LIMIT_S = 60.0
CLOCK = "complaint.response"
EVENT = "clock.breached.v1"


def run(arguments: Sequence[str]) -> int:
    """See the module. Exit code 1 when a breach is missing, told twice, or told after the limit."""
    parser = argparse.ArgumentParser(prog="steward bench timers")
    parser.add_argument("--timers", type=int, default=100_000)
    parser.add_argument("--patience", type=int, default=900, help="seconds after which it is given up")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(list(arguments))
    with fresh_folder() as folder:
        state = background.start(folder, Options(port=free_port()))
        try:
            with peak_of(lambda: family(DataFolder(folder).state()["pid"])) as peak:
                found = asyncio.run(_measure(folder, state, options))
        finally:
            background.stop(folder)
    seconds = found["seconds"]
    say(
        "timers",
        as_json=options.json,
        measured=round(found["told"] / seconds, 1),
        p50_ms=round(found["half"] * 1000),
        p99_ms=round(found["nearly"] * 1000),
        peak_mb=peak[0],
        timers=options.timers,
        told=found["told"],
        twice=found["twice"],
        total_s=round(seconds, 2),
        limit_s=LIMIT_S,
    )
    return 0 if found["told"] == options.timers and not found["twice"] and seconds <= LIMIT_S else 1


async def _measure(folder: Path, state: dict[str, Any], options: argparse.Namespace) -> dict[str, Any]:
    ticket = await asyncio.to_thread(take_in, folder, state["urls"]["gateway"], "complaint")
    connection = await asyncpg.connect(state["urls"]["database"])
    org = await connection.fetchval("SELECT org_id FROM ticketing.tickets WHERE id = $1", ticket)
    while await connection.fetchval("SELECT count(*) FROM ticketing.feed WHERE position IS NULL"):
        await asyncio.sleep(0.1)
    before = await connection.fetchval(_HEAD, org)
    # Time enough to put them there; on a slow machine the last ones may be due when they arrive, which is told below.
    at = wall().replace(microsecond=0) + timedelta(seconds=10 + options.timers / 4000)
    await _copies(connection, org, ticket, options.timers, at)
    spare = (at - wall()).total_seconds()
    if spare < 0:
        at = wall()  # measured from when all were there, and some had a start
    await asyncio.sleep(max(0.0, spare))
    begun, half, nearly = time.monotonic(), 0.0, 0.0
    while True:
        # Counting the events would be the dearest work on the machine; how far the feed has come is one row.
        told = await connection.fetchval(_HEAD, org) - before
        passed = time.monotonic() - begun
        half = half or (passed if told * 2 >= options.timers else 0.0)
        nearly = nearly or (passed if told * 100 >= options.timers * 99 else 0.0)
        if passed > options.patience or (told >= options.timers and await _told(connection, org) >= options.timers):
            break
        await asyncio.sleep(0.2)
    told = await _told(connection, org)
    twice = await connection.fetchval(
        "SELECT count(*) FROM (SELECT subject FROM ticketing.outbox WHERE org_id = $1 AND type = $2 "
        "GROUP BY subject HAVING count(*) > 1) AS again",
        org,
        EVENT,
    )
    await connection.close()
    return {"told": told, "twice": twice, "seconds": passed, "half": half, "nearly": nearly}


_HEAD = "SELECT head FROM ticketing.feed_heads WHERE org_id = $1"


async def _told(connection: asyncpg.Connection, org: UUID) -> int:
    """The breaches that have a position in the feed."""
    found: int = await connection.fetchval(
        "SELECT count(*) FROM ticketing.outbox o JOIN ticketing.feed f ON f.org_id = o.org_id AND f.id = o.id "
        "WHERE o.org_id = $1 AND o.type = $2 AND f.position IS NOT NULL",
        org,
        EVENT,
    )
    return found


async def _copies(connection: asyncpg.Connection, org: UUID, ticket: UUID, count: int, at: datetime) -> None:
    """So many copies of a complaint whose response is due one second before ``at``, when its timer fires."""
    received = at - timedelta(minutes=10, seconds=1)
    z = {name: value.astimezone(UTC).isoformat() for name, value in (("received_at", received), ("fire_at", at))}
    response = {"from_at": z["received_at"], "due_at": (at - timedelta(seconds=1)).isoformat()}
    pieces: tuple[Piece, ...] = (
        ("tickets", "id", "'id', n.ticket", "", {"received_at": z["received_at"]}),
        ("ticket_clocks", "ticket_id", HUNG, f"AND t.clock = '{CLOCK}'", response),
        ("ticket_clocks", "ticket_id", HUNG, f"AND t.clock <> '{CLOCK}'", {}),
        ("timers", "subject_id",
         "'id', n.id, 'subject_id', n.ticket, 'payload', jsonb_build_object('ticket_id', n.ticket)",
         f"AND t.kind = '{CLOCK}'", {"fire_at": z["fire_at"]}),
    )  # fmt: skip
    await copies(connection, org, ticket, count, pieces)
