"""``steward bench timers``: many promises broken at the same second, and how long until every breach has been told.

A complaint is taken in through the gateway; copies of it, each with its clocks, are put beside it in bulk so that the
response of all of them falls due at one second. From that second on the running workers fire their timers: measured
until each breach is an event with a position in the feed, which is when others can read it. The other services follow
the feed meanwhile, as they always do. There is no floor; what counts is the limit.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen
from uuid import UUID

import asyncpg

from deploy.bench._place import family, fresh_folder, peak_of
from deploy.bench._report import say
from deploy.commands.token import token
from deploy.local import background
from deploy.local.folder import DataFolder
from deploy.local.options import Options
from deploy.local.ports import free_port
from shared.clock import wall
from shared.ids import uuid7

#: Within so many seconds all breaches are to be told.
LIMIT_S = 60.0
CLOCK = "complaint.response"
EVENT = "clock.breached.v1"
CHUNK = 5_000

#: Copies rows of one ticket: `$1` the organisation, `$2` the ticket, `$3` and `$4` new ids and what they hang on, `$5`
#: the columns that are the same in all copies.
_COPY = """
INSERT INTO ticketing.{table}
SELECT (jsonb_populate_record(t, $5::jsonb || jsonb_build_object({columns}))).*
  FROM ticketing.{table} t, unnest($3::uuid[], $4::uuid[]) WITH ORDINALITY AS n (id, ticket, place)
 WHERE t.org_id = $1 AND t.{key} = $2 {only}
"""


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
    ticket = UUID(_complaint(folder, state["urls"]["gateway"]))
    connection = await asyncpg.connect(state["urls"]["database"])
    org = await connection.fetchval("SELECT org_id FROM ticketing.tickets WHERE id = $1", ticket)
    # Time enough to put them there; on a slow machine the last ones may be due when they arrive, which is told below.
    at = wall().replace(microsecond=0) + timedelta(seconds=10 + options.timers / 4000)
    await _copies(connection, org, ticket, options.timers, at)
    spare = (at - wall()).total_seconds()
    if spare < 0:
        at = wall()  # measured from when all were there, and some had a start
    await asyncio.sleep(max(0.0, spare))
    begun, half, nearly = time.monotonic(), 0.0, 0.0
    while True:
        told = await connection.fetchval(
            "SELECT count(*) FROM ticketing.outbox o JOIN ticketing.feed f ON f.org_id = o.org_id AND f.id = o.id "
            "WHERE o.org_id = $1 AND o.type = $2 AND f.position IS NOT NULL",
            org,
            EVENT,
        )
        passed = time.monotonic() - begun
        half = half or (passed if told * 2 >= options.timers else 0.0)
        nearly = nearly or (passed if told * 100 >= options.timers * 99 else 0.0)
        if told >= options.timers or passed > options.patience:
            break
        await asyncio.sleep(0.25)
    twice = await connection.fetchval(
        "SELECT count(*) FROM (SELECT subject FROM ticketing.outbox WHERE org_id = $1 AND type = $2 "
        "GROUP BY subject HAVING count(*) > 1) AS again",
        org,
        EVENT,
    )
    await connection.close()
    return {"told": told, "twice": twice, "seconds": passed, "half": half, "nearly": nearly}


async def _copies(connection: asyncpg.Connection, org: UUID, ticket: UUID, count: int, at: datetime) -> None:
    """So many copies of a complaint whose response is due one second before ``at``, when its timer fires."""
    received = at - timedelta(minutes=10, seconds=1)
    z = {name: value.astimezone(UTC).isoformat() for name, value in (("received_at", received), ("fire_at", at))}
    response = {"from_at": z["received_at"], "due_at": (at - timedelta(seconds=1)).isoformat()}
    for start in range(0, count, CHUNK):
        tickets = [uuid7() for _ in range(min(CHUNK, count - start))]
        number = f"'number', 'BENCH-' || (n.place + {start})"
        pieces: tuple[tuple[str, str, str, str, dict[str, str]], ...] = (
            ("tickets", "id", f"'id', n.ticket, {number}", "", {"received_at": z["received_at"]}),
            ("ticket_clocks", "ticket_id", _HUNG, f"AND t.clock = '{CLOCK}'", response),
            ("ticket_clocks", "ticket_id", _HUNG, f"AND t.clock <> '{CLOCK}'", {}),
            ("timers", "subject_id",
             "'id', n.id, 'subject_id', n.ticket, 'payload', jsonb_build_object('ticket_id', n.ticket)",
             f"AND t.kind = '{CLOCK}'", {"fire_at": z["fire_at"]}),
        )  # fmt: skip
        async with connection.transaction():
            for table, key, columns, only, same in pieces:
                sql = _COPY.format(table=table, columns=columns, key=key, only=only)
                ids = [uuid7() for _ in tickets]
                await connection.execute(sql, org, ticket, ids, tickets, json.dumps(same))
    await connection.execute("ANALYZE ticketing.tickets, ticketing.ticket_clocks, ticketing.timers")


_HUNG = "'id', n.id, 'ticket_id', n.ticket, 'subject_id', n.ticket"


def _complaint(folder: Path, gateway: str) -> str:
    """A complaint taken in through the public API, in a community made the same way."""

    def post(path: str, role: str, body: Any) -> Any:
        allowed = token(data=folder, role=role, org=None, units=[], subject=None, ttl=timedelta(hours=1))
        headers = {"Authorization": f"Bearer {allowed}", "Content-Type": "application/json"}
        request = Request(f"{gateway}/ticketing/v1{path}", json.dumps(body).encode(), headers, method="POST")
        with urlopen(request, timeout=30) as answer:
            return json.load(answer)

    rows = {"source": "bench", "items": [{"external_id": "bench", "name": "压测小区"}]}
    community = post("/communities/bulk", "admin", rows)["items"][0]["id"]
    body = {"community_id": community, "kind": "complaint", "summary": "电梯异响", "channel": "phone"}
    found: str = post("/tickets", "clerk", body)["id"]
    return found
