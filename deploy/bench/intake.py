"""``steward bench intake``: tickets taken in per second through the gateway, against a bare endpoint.

Measured: ``POST /ticketing/v1/tickets`` through Caddy with every guarantee on (token, scope, idempotency key, clocks,
timers, outbox, workers running). Floor, in the same run on the same durable Postgres: a bare FastAPI + asyncpg endpoint
on as many processes (one) and connections, writing the same rows. Rounds alternate, so that a slow moment of the
machine meets both.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import asyncpg

from deploy.bench._floor import SCHEMA, TABLES
from deploy.bench._load import Load, client, post
from deploy.bench._place import family, fresh_folder
from deploy.bench._report import pss_mb, say
from deploy.bench._served import Served
from deploy.commands.token import token
from deploy.local import background
from deploy.local.folder import DataFolder
from deploy.local.options import Options
from deploy.local.ports import free_port

POOL = 10
BODY = {"kind": "repair", "summary": "厨房水龙头漏水", "detail": "一直滴水,请尽快安排", "channel": "phone"}


def run(arguments: Sequence[str]) -> int:
    """See the module. Exit code 1 when a request was refused on either side."""
    parser = argparse.ArgumentParser(prog="steward bench intake")
    parser.add_argument("--seconds", type=int, default=8, help="length of one round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=32)
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
    gateway = state["urls"]["gateway"]
    headers = {
        "Authorization": f"Bearer {token_of(folder, 'clerk')}",
        "Content-Type": "application/json",
    }
    admin = {**headers, "Authorization": f"Bearer {token_of(folder, 'admin')}"}
    body = {**BODY, **_place(gateway, admin)}
    ticket = _post(f"{gateway}/ticketing/v1/tickets", {**headers, "Idempotency-Key": "bench-0"}, body)["id"]
    database = state["urls"]["database"]
    asyncio.run(_prepare(database))
    ours: list[Load] = []
    floor: list[Load] = []
    env = {"BENCH_DATABASE_URL": database, "BENCH_SUBJECT": ticket, "BENCH_POOL": str(POOL)}
    with Served("deploy.bench._floor:create_app", env) as bare:
        for index in range(options.rounds + 1):
            seconds = 2 if index == 0 else options.seconds  # the first round warms both up
            first = post(
                f"{gateway}/ticketing/v1/tickets", headers, body, seconds=seconds, connections=options.connections
            )
            asyncio.run(_settle(database))
            second = post(
                f"{bare}/tickets",
                {"Content-Type": "application/json"},
                body,
                seconds=seconds,
                connections=options.connections,
            )
            if index:
                ours.append(first)
                floor.append(second)
    refused = sum(load.refused for load in (*ours, *floor))
    ratios = [a.rate / b.rate for a, b in zip(ours, floor, strict=True)]
    say(
        "intake",
        as_json=options.json,
        ratio=round(statistics.median(ratios), 3),
        measured=round(statistics.median(a.rate for a in ours), 1),
        floor=round(statistics.median(b.rate for b in floor), 1),
        p50_ms=statistics.median(a.p50_ms for a in ours),
        p99_ms=statistics.median(a.p99_ms for a in ours),
        peak_mb=pss_mb(family(DataFolder(folder).state()["pid"])),
        rounds=[round(r, 3) for r in ratios],
        refused=refused,
    )
    return 1 if refused else 0


def token_of(folder: Path, role: str) -> str:
    """A token of a role that sees the whole organisation."""
    return token(data=folder, role=role, org=None, units=[], subject=None, ttl=timedelta(hours=1))


def _place(gateway: str, headers: dict[str, str]) -> dict[str, str]:
    """A community and a unit, made through the public API."""
    base = f"{gateway}/ticketing/v1"
    community = {"external_id": "bench", "name": "压测小区"}
    unit = {"external_id": "bench-1", "community": "bench", "number": "1-101", "area": "90.00", "use": "dwelling"}
    made = {}
    for resource, item, key in (("communities", community, "community_id"), ("units", unit, "unit_id")):
        answer = _post(f"{base}/{resource}/bulk", headers, {"source": "bench", "items": [item]})
        made[key] = answer["items"][0]["id"]
    return made


def _post(url: str, headers: dict[str, str], body: Any) -> Any:
    request = Request(url, json.dumps(body).encode(), headers, method="POST")
    with urlopen(request, timeout=30) as answer:
        return json.load(answer)


async def _prepare(database: str) -> None:
    """The floor's tables: the same columns, keys and indexes, without policies and partitions."""
    connection = await asyncpg.connect(database)
    await connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE; CREATE SCHEMA {SCHEMA}")
    for table in TABLES:
        await connection.execute(f"CREATE TABLE {SCHEMA}.{table} (LIKE ticketing.{table} INCLUDING ALL)")
    await connection.close()


async def _settle(database: str) -> None:
    """Wait until the workers are done with what the round left, so that the floor has the machine to itself."""
    connection = await asyncpg.connect(database)
    for _ in range(600):
        busy = await connection.fetchval("SELECT count(*) FROM ticketing.feed WHERE position IS NULL")
        behind = 0
        for service in ("billing", "kpi", "notify"):
            behind += await connection.fetchval(
                "SELECT coalesce(max(h.head - c.position), 0) FROM ticketing.feed_heads h "
                f"JOIN {service}.cursors c ON c.org_id = h.org_id AND c.source = 'ticketing'"
            )
        waiting = await connection.fetchval("SELECT count(*) FROM notify.jobs WHERE state IN ('ready', 'running')")
        if not busy and behind <= 0 and not waiting:
            break
        await asyncio.sleep(0.2)
    await connection.execute("CHECKPOINT")
    await connection.close()
