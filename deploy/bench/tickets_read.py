"""``steward bench tickets-read``: what the desk reads all day, through the gateway, against a bare endpoint.

A page of 50 tickets with their clocks, and one ticket, each asked for again and again: through Caddy with token, scope,
row policies, masking and the access log on; and, in the same run on the same database, of a bare FastAPI + asyncpg
endpoint without gateway on as many processes (one) and connections, which answers the same JSON. Before anything is
measured the two answers are compared. Rounds alternate, so that a slow moment of the machine meets both.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import asyncpg

from deploy.bench._load import Load, client, get
from deploy.bench._place import family, fresh_folder
from deploy.bench._report import pss_mb, say
from deploy.bench._served import Served
from deploy.bench._tickets import HUNG, Piece, allowed, copies, take_in
from deploy.local import background
from deploy.local.failures import NotReady
from deploy.local.folder import DataFolder
from deploy.local.options import Options
from deploy.local.ports import free_port

#: What each of the two may cost at most: twice the bare endpoint.
LIMIT = 0.5
POOL = 10
PAGE = "/tickets?limit=50&clocks=true"
CONTACT = {"name": "王小明", "phone": "13812345678"}


def run(arguments: Sequence[str]) -> int:
    """See the module. Exit code 1 when an answer was refused, or one of the two costs more than it may."""
    parser = argparse.ArgumentParser(prog="steward bench tickets-read")
    parser.add_argument("--tickets", type=int, default=5_000)
    parser.add_argument("--seconds", type=int, default=5, help="length of one round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(list(arguments))
    client()
    with fresh_folder() as folder:
        state = background.start(folder, Options(port=free_port()))
        try:
            return _measure(folder, state, options)
        finally:
            background.stop(folder)


def _measure(folder: Path, state: dict[str, Any], options: argparse.Namespace) -> int:
    gateway, database = state["urls"]["gateway"], state["urls"]["database"]
    ids = asyncio.run(_fill(folder, gateway, database, options.tickets))
    ours = {"Authorization": f"Bearer {allowed(folder, 'supervisor')}"}
    paths = {"page": [PAGE], "one": [f"/tickets/{id}" for id in ids[-1000:]]}
    env = {"BENCH_DATABASE_URL": database, "BENCH_POOL": str(POOL), "BENCH_SUBJECT": ids[0]}
    with Served("deploy.bench._floor_reads:create_app", env) as bare:
        for asked in paths.values():
            _same(f"{gateway}/ticketing/v1{asked[0]}", ours, f"{bare}{asked[0]}")
        seen: dict[str, list[tuple[Load, Load]]] = {name: [] for name in paths}
        for index in range(options.rounds + 1):
            seconds = 1 if index == 0 else options.seconds  # the first round warms both up
            for name, asked in paths.items():
                through = [f"/ticketing/v1{path}" for path in asked]
                first = get(gateway, through, ours, seconds=seconds, connections=options.connections)
                second = get(bare, asked, {}, seconds=seconds, connections=options.connections)
                if index:
                    seen[name].append((first, second))
    refused = sum(load.refused for rounds in seen.values() for pair in rounds for load in pair)
    ratios = {name: statistics.median(a.rate / b.rate for a, b in rounds) for name, rounds in seen.items()}
    worst = min(ratios, key=lambda name: ratios[name])
    say(
        "tickets-read",
        as_json=options.json,
        ratio=round(ratios[worst], 3),
        measured=round(statistics.median(a.rate for a, _ in seen[worst]), 1),
        floor=round(statistics.median(b.rate for _, b in seen[worst]), 1),
        p50_ms=statistics.median(a.p50_ms for a, _ in seen[worst]),
        p99_ms=statistics.median(a.p99_ms for a, _ in seen[worst]),
        peak_mb=pss_mb(family(DataFolder(folder).state()["pid"])),
        refused=refused,
        limit=LIMIT,
        **{name: _told(rounds) for name, rounds in seen.items()},
    )
    return 1 if refused or ratios[worst] < LIMIT else 0


def _told(rounds: Sequence[tuple[Load, Load]]) -> dict[str, Any]:
    return {
        "ratio": round(statistics.median(a.rate / b.rate for a, b in rounds), 3),
        "measured": round(statistics.median(a.rate for a, _ in rounds), 1),
        "floor": round(statistics.median(b.rate for _, b in rounds), 1),
        "p50_ms": statistics.median(a.p50_ms for a, _ in rounds),
        "p99_ms": statistics.median(a.p99_ms for a, _ in rounds),
        "rounds": [round(a.rate / b.rate, 3) for a, b in rounds],
    }


async def _fill(folder: Path, gateway: str, database: str, count: int) -> list[str]:
    """So many complaints, each with its clocks; their ids."""
    ticket = await asyncio.to_thread(take_in, folder, gateway, "complaint", contact=CONTACT)
    connection = await asyncpg.connect(database)
    org = await connection.fetchval("SELECT org_id FROM ticketing.tickets WHERE id = $1", ticket)
    codes = await connection.fetch(
        "SELECT clock FROM ticketing.ticket_clocks WHERE org_id = $1 AND ticket_id = $2", org, ticket
    )
    clocks: list[Piece] = [("ticket_clocks", "ticket_id", HUNG, f"AND t.clock = '{row['clock']}'", {}) for row in codes]
    ids = await copies(connection, org, ticket, count, [("tickets", "id", "'id', n.ticket", "", {}), *clocks])
    await connection.close()
    return [str(id) for id in ids]


def _same(ours: str, headers: dict[str, str], bare: str) -> None:
    """Refuse to measure two things that are not the same."""
    with urlopen(Request(ours, headers=headers), timeout=30) as answer:
        first = json.load(answer)
    with urlopen(bare, timeout=30) as answer:
        second = json.load(answer)
    if first != second:
        raise NotReady("两个接口的返回不一致。", "The two endpoints do not answer the same.")
