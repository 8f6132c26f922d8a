"""``steward bench payments``: payments booked per second through the gateway, against a bare endpoint.

Measured: ``POST /billing/v1/payments`` through Caddy with every guarantee on (token, scope, idempotency key, the unit's
account locked, the oldest bill paid, double entry, two events, audit, workers running), each for one of 400 units by
lot. Floor, in the same run on the same durable Postgres: a bare FastAPI + asyncpg endpoint on as many processes (one)
and connections (ten, what a process has unless told otherwise; a local stack is told four, to save memory), writing the
same rows. Rounds alternate, so that a slow moment of the machine meets both.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import asyncpg

from deploy.bench._floor import SCHEMA
from deploy.bench._load import Load, client, post
from deploy.bench._payment_floor import CHANGED, TABLES
from deploy.bench._place import family, fresh_folder
from deploy.bench._report import pss_mb, say
from deploy.bench._served import Served
from deploy.bench.intake import POOL, token_of
from deploy.local import background
from deploy.local.folder import DataFolder
from deploy.local.options import Options
from deploy.local.ports import free_port

LEAST_RATIO = 0.4
UNITS, PERIOD = 400, "2025-01"


def run(arguments: Sequence[str]) -> int:
    """See the module. Exit code 1 when a request was refused on either side, the books disagree or the ratio is
    broken."""
    parser = argparse.ArgumentParser(prog="steward bench payments")
    parser.add_argument("--seconds", type=int, default=8, help="length of one round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(list(arguments))
    client()
    with fresh_folder() as folder:
        state = background.start(folder, Options(port=free_port()), {"STEWARD_POOL_SIZE": str(POOL)})
        try:
            return _measure(folder, state, options)
        finally:
            background.stop(folder)


def _measure(folder: Path, state: dict[str, Any], options: argparse.Namespace) -> int:
    gateway, database = state["urls"]["gateway"], state["urls"]["database"]
    admin, finance = _headers(folder, "admin"), _headers(folder, "finance")
    community, units = _estate(gateway, admin, finance)
    body = {
        "community_id": community,
        "unit_id": "%ANY%",
        "method": "bank_transfer",
        "amount": {"amount": "1.00"},
        "value_date": "2025-01-10",
    }
    url = f"{gateway}/billing/v1/payments"
    first = _post(url, {**finance, "Idempotency-Key": "bench-0"}, {**body, "unit_id": units[0]})
    asyncio.run(_prepare(database))
    ours: list[Load] = []
    floor: list[Load] = []
    env = {"BENCH_DATABASE_URL": database, "BENCH_SUBJECT": first["id"], "BENCH_POOL": str(POOL)}
    with Served("deploy.bench._payment_floor:create_app", env) as bare:
        for index in range(options.rounds + 1):
            load = {"seconds": 2 if index == 0 else options.seconds, "connections": options.connections}
            measured = post(url, finance, body, choices=units, **load)
            asyncio.run(_settle(database))
            plain = {"Content-Type": "application/json"}
            bound = post(f"{bare}/payments", plain, body, choices=units, **load)
            if index:  # the first round warms both up
                ours.append(measured)
                floor.append(bound)
    balanced = asyncio.run(_balanced(database))
    refused = sum(load.refused for load in (*ours, *floor))
    ratios = [a.rate / b.rate for a, b in zip(ours, floor, strict=True)]
    ratio = round(statistics.median(ratios), 3)
    say(
        "payments",
        as_json=options.json,
        ratio=ratio,
        measured=round(statistics.median(a.rate for a in ours), 1),
        floor=round(statistics.median(b.rate for b in floor), 1),
        p50_ms=statistics.median(a.p50_ms for a in ours),
        p99_ms=statistics.median(a.p99_ms for a in ours),
        peak_mb=pss_mb(family(DataFolder(folder).state()["pid"])),
        rounds=[round(r, 3) for r in ratios],
        refused=refused,
        broken=sum(load.broken for load in (*ours, *floor)),
        balanced=balanced,
    )
    return 1 if refused or not balanced or ratio < LEAST_RATIO else 0


def _headers(folder: Path, role: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token_of(folder, role)}", "Content-Type": "application/json"}


def _estate(gateway: str, admin: dict[str, str], finance: dict[str, str]) -> tuple[str, list[str]]:
    """A community whose units owe one bill each that no round can pay off, made through the public API."""
    register, billing = f"{gateway}/ticketing/v1", f"{gateway}/billing/v1"
    place = {"external_id": "bench", "name": "压测小区"}
    made = _post(f"{register}/communities/bulk", admin, {"source": "bench", "items": [place]})
    community = made["items"][0]["id"]
    items = [
        {
            "external_id": f"bench-{n}",
            "community": "bench",
            "number": f"1-{n:04d}",
            "area": "100.00",
            "use": "dwelling",
            "sold_on": "2024-01-01",
        }
        for n in range(UNITS)
    ]
    made = _post(f"{register}/units/bulk", admin, {"source": "bench", "items": items})
    units = [item["id"] for item in made["items"]]
    standard = {
        "community_id": community,
        "code": "property",
        "name": "物业服务费",
        "rule": "area",
        "fee_kind": "property",
        "effective_from": "2025-01-01",
        "params": {"rate": "9999.99"},
        "due_day": 25,
    }
    for _ in range(300):  # billing hears of the community by its feed
        try:
            _post(f"{billing}/charge-standards", finance, standard)
            break
        except OSError:
            time.sleep(0.2)
    asked = {"community_id": community, "standard_code": "property", "period": PERIOD}
    for _ in range(300):  # and of its units, and then bills them
        run = _post(f"{billing}/billing-runs", finance, asked)
        while run["state"] != "done":
            time.sleep(0.2)
            run = _get(f"{billing}/billing-runs/{run['id']}", finance)
        skipped = sum(item["units"] for item in run["skipped"] if item["reason"] == "already_billed")
        if run["billed"] + skipped == UNITS:
            return community, units
        time.sleep(0.2)
    raise RuntimeError("the units were not billed")


def _post(url: str, headers: dict[str, str], body: Any) -> Any:
    request = Request(url, json.dumps(body).encode(), headers, method="POST")
    with urlopen(request, timeout=30) as answer:
        return json.load(answer)


def _get(url: str, headers: dict[str, str]) -> Any:
    with urlopen(Request(url, headers=headers), timeout=30) as answer:
        return json.load(answer)


async def _prepare(database: str) -> None:
    """The floor's tables: the same columns, keys and indexes, without policies and partitions; the balances as they
    stand."""
    connection = await asyncpg.connect(database)
    await connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE; CREATE SCHEMA {SCHEMA}")
    for table in (*TABLES, *CHANGED):
        await connection.execute(f"CREATE TABLE {SCHEMA}.{table} (LIKE billing.{table} INCLUDING ALL)")
    for table in CHANGED:
        await connection.execute(f"INSERT INTO {SCHEMA}.{table} SELECT * FROM billing.{table}")
    await connection.close()


async def _settle(database: str) -> None:
    """Wait until the workers are done with what the round left, so that the floor has the machine to itself."""
    connection = await asyncpg.connect(database)
    for _ in range(600):
        busy = await connection.fetchval("SELECT count(*) FROM billing.feed WHERE position IS NULL")
        behind = 0
        for service in ("kpi", "notify"):
            behind += await connection.fetchval(
                "SELECT coalesce(max(h.head - c.position), 0) FROM billing.feed_heads h "
                f"JOIN {service}.cursors c ON c.org_id = h.org_id AND c.source = 'billing'"
            )
        if not busy and behind <= 0:
            break
        await asyncio.sleep(0.2)
    await connection.execute("CHECKPOINT")
    await connection.close()


async def _balanced(database: str) -> bool:
    """Whether each payment left postings that sum to zero, and each bill is open by what was not allocated to it."""
    connection = await asyncpg.connect(database)
    wrong = await connection.fetchval(
        "SELECT (SELECT count(*) FROM (SELECT 1 FROM billing.postings GROUP BY org_id, act_id "
        "HAVING sum(amount_fen) <> 0) p) + (SELECT count(*) FROM billing.bills b JOIN billing.bill_balances o "
        "ON o.org_id = b.org_id AND o.id = b.id WHERE b.amount_fen - o.open_fen <> (SELECT coalesce(sum(a.amount_fen), "
        "0) FROM billing.allocations a WHERE a.org_id = b.org_id AND a.bill_id = b.id))"
    )
    await connection.close()
    return not wrong
