"""``steward bench kpi-live``: from an event to the provisional value that counts it, at 300 events a second.

A whole stack runs. What its services would commit (`_live_rows`: mixed types, a few events a transaction) is said
through their own outboxes at a steady pace; their sequencers, kpi's worker over the real feeds and kpi's API behind the
gateway do the rest. Two latencies, both from the moment the event was recorded: ``applied``, until its facts are
committed, of every event; and ``p50_ms``/``p99_ms``, until a value read through the gateway counts it, of every
complaint. The ceiling is measured in the same run: ``--burst`` events are said as fast as they can be, and the rate at
which they are applied is what the stack can do. What drops beyond it is the latency and nothing else: every event must
be counted in the end, none parked.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from deploy.bench._live_rows import Act, Told, acts
from deploy.bench._place import family, fresh_folder, peak_of
from deploy.bench._report import say
from deploy.commands.token import token
from deploy.local import background
from deploy.local.database import organisations
from deploy.local.folder import DataFolder
from deploy.local.options import Options
from deploy.local.ports import free_port
from deploy.local.secrets import load
from shared import clock
from shared.db.database import Database
from shared.db.provision import database_urls
from shared.ids import uuid7

MOST_P99_MS = 1000.0
SOURCES = ("ticketing", "billing")
INDICATOR = "complaint.handling.rate"  # its denominator is the complaints taken in
_LOOK, _READ = 0.02, 0.05
_PATIENCE = 120.0
_AT_ONCE = 8


def run(arguments: Sequence[str]) -> int:
    """See the module. Exit code 1 when an event is not counted or the limit is broken."""
    parser = argparse.ArgumentParser(prog="steward bench kpi-live")
    parser.add_argument("--rate", type=int, default=300, help="events a second")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--burst", type=int, default=20_000, help="events for the ceiling; 0 leaves it out")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(list(arguments))
    with fresh_folder() as folder:
        state = background.start(folder, Options(port=free_port()))
        try:
            with peak_of(lambda: family(state["pid"])) as peak:
                told = asyncio.run(_measure(folder, state, options))
        finally:
            background.stop(folder)
    fine = told["not_counted"] == told["parked"] == 0 and (told["p99_ms"] or MOST_P99_MS + 1) <= MOST_P99_MS
    say("kpi-live", as_json=options.json, peak_mb=peak[0], limit_p99_ms=MOST_P99_MS, **told)
    return 0 if fine else 1


@dataclass
class Live:
    """The stack from outside: its outboxes, what kpi has applied, and the value at the gateway."""

    org: UUID
    community: UUID
    outboxes: Mapping[str, Database]
    admin: asyncpg.Connection
    watcher: asyncpg.Connection
    http: httpx.AsyncClient
    applied: list[tuple[datetime, tuple[int, ...]]] = field(default_factory=list)
    read: list[tuple[datetime, int]] = field(default_factory=list)
    reads: list[float] = field(default_factory=list)
    said: int = 0

    async def say(self, act: Act) -> None:
        """Commit one act as its service would."""
        async with self.outboxes[act.service].tx(self.org) as tx:
            for n, event in enumerate(act.events):
                tx.emit(event.type, subject=event.subject, seq=n + 1, data=event.data, community_id=self.community)
        self.said += len(act.events)

    async def look(self) -> None:
        """Note how far kpi has applied each feed, over and over."""
        while True:
            row = await self.watcher.fetchrow(
                "SELECT "
                + ", ".join(f"max(position) FILTER (WHERE source = '{s}') AS {s}" for s in SOURCES)
                + " FROM kpi.cursors WHERE org_id = $1",
                self.org,
            )
            self.applied.append((clock.wall(), tuple(int(row[s] or 0) for s in SOURCES)))
            await asyncio.sleep(_LOOK)

    async def value(self) -> int:
        """How many complaints the provisional value counts."""
        now = clock.wall()
        params = {"period": f"{now:%Y-%m}", "community_id": str(self.community)}
        began = time.monotonic()
        answer = await self.http.get(f"/kpi/v1/indicators/{INDICATOR}/value", params=params)
        answer.raise_for_status()
        self.reads.append(time.monotonic() - began)
        return int(answer.json()["denominator"] or 0)

    async def look_at_value(self) -> None:
        """Read the value over and over, as a board does."""
        while True:
            found = await self.value()
            self.read.append((clock.wall(), found))
            await asyncio.sleep(_READ)

    async def behind(self) -> int:
        """Events that kpi has not applied yet."""
        total = 0
        for source in SOURCES:
            total += await self.admin.fetchval(
                f"SELECT count(*) FROM {source}.feed f LEFT JOIN kpi.cursors c "
                "ON c.org_id = f.org_id AND c.source = $2 "
                "WHERE f.org_id = $1 AND (f.position IS NULL OR f.position > coalesce(c.position, 0))",
                self.org,
                source,
            )
        return total

    async def caught_up(self) -> None:
        """Wait until everything said is applied."""
        end = time.monotonic() + _PATIENCE
        while await self.behind():
            if time.monotonic() > end:
                return
            await asyncio.sleep(_LOOK)


async def _measure(folder: Path, state: dict[str, Any], options: argparse.Namespace) -> dict[str, Any]:
    admin, seed = state["urls"]["database"], load(DataFolder(folder)).database_seed
    org = UUID(next(iter(organisations(DataFolder(folder)))))
    word = token(data=folder, role="gm", org=org, units=[], subject=None, ttl=timedelta(hours=1))
    async with AsyncExitStack() as stack:
        outboxes = {source: _outbox(admin, source, seed) for source in SOURCES}
        for outbox in outboxes.values():
            stack.push_async_callback(outbox.close)
        headers = {"Authorization": f"Bearer {word}"}
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=state["gateway"], headers=headers))
        connection, watcher = [await asyncpg.connect(admin) for _ in range(2)]
        for one in (connection, watcher):
            stack.push_async_callback(one.close)
        live = Live(org, uuid7(), outboxes, connection, watcher, http)
        await _register(live)
        source = acts(clock.wall())
        await _paced(live, source, options.rate, 3)  # what is loaded and planned once is not what is measured
        await live.caught_up()
        looking = [asyncio.create_task(live.look()), asyncio.create_task(live.look_at_value())]
        since = clock.wall()
        began = time.monotonic()
        before = live.said
        await _paced(live, source, options.rate, options.seconds)
        rate = (live.said - before) / (time.monotonic() - began)
        await live.caught_up()
        await asyncio.sleep(2 * _READ)
        for task in looking:
            if task.done():
                task.result()
            task.cancel()
        told = await _latencies(live, since)
        ceiling = await _burst(live, source, options.burst) if options.burst else None
        parked = await connection.fetchval("SELECT count(*) FROM kpi.parked_events WHERE org_id = $1", org)
        asked = "SELECT count(*) FROM ticketing.outbox WHERE org_id = $1 AND type = 'ticket.created.v1' "
        complaints = await connection.fetchval(asked + "AND data->>'kind' = 'complaint'", org)
        missing = await live.behind() + complaints - await live.value()
    return {
        **told,
        "rate": round(rate, 1),
        "ceiling": ceiling,
        "read_p99_ms": _ms(live.reads, 99),
        "events": live.said,
        "not_counted": missing,
        "parked": parked,
    }


def _outbox(admin: str, service: str, seed: str) -> Database:
    """A service's database as the service itself opens it."""
    settings = import_module(f"services.{service}.settings").Settings
    given: dict[str, Any] = {**database_urls(admin, service, seed), "service": service, "mode": "development"}
    given |= {"development_secrets": True, "redis_url": "redis://127.0.0.1:1/0", "pool_size": _AT_ONCE}
    return Database(settings(**given, master_key="11" * 32, link_key="22" * 32))


async def _register(live: Live) -> None:
    data = {"name": "基准小区", "path": [str(live.org)], "timezone": "Asia/Shanghai"}
    await live.say(Act("ticketing", (Told("community.upserted.v1", live.community, data),)))
    await live.caught_up()


async def _paced(live: Live, source: Iterator[Act], rate: int, seconds: int) -> None:
    """So many events a second, each act at its own instant; a late one does not hold up the next."""
    began, due, limit = time.monotonic(), 0, asyncio.Semaphore(_AT_ONCE)

    async def one(act: Act) -> None:
        async with limit:
            await live.say(act)

    async with asyncio.TaskGroup() as group:
        while due < rate * seconds:
            act = next(source)
            await asyncio.sleep(max(0.0, began + due / rate - time.monotonic()))
            group.create_task(one(act))
            due += len(act.events)


async def _burst(live: Live, source: Iterator[Act], events: int) -> float:
    """Events a second that are applied when more are said than can be."""
    began, before = time.monotonic(), live.said
    by_service: dict[str, list[Told]] = {service: [] for service in SOURCES}
    while live.said - before < events:
        act = next(source)
        waiting = by_service[act.service]
        waiting.extend(act.events)
        if len(waiting) >= 500:
            await live.say(Act(act.service, tuple(waiting)))
            waiting.clear()
    for service, rest in by_service.items():
        if rest:
            await live.say(Act(service, tuple(rest)))
    await live.caught_up()
    return round((live.said - before) / (time.monotonic() - began), 1)


async def _latencies(live: Live, since: datetime) -> dict[str, Any]:
    """From the moment each event was recorded until its facts were committed, and until a value counted it."""
    spans: list[float] = []
    for place, service in enumerate(SOURCES):
        seen = [positions[place] for _, positions in live.applied]
        rows = await live.admin.fetch(
            f"SELECT f.position, o.recorded_at FROM {service}.feed f JOIN {service}.outbox o USING (org_id, id) "
            "WHERE org_id = $1 AND o.recorded_at >= $2 AND f.position IS NOT NULL",
            live.org,
            since,
        )
        for row in rows:
            found = bisect_left(seen, row["position"])
            if found < len(seen):
                spans.append((live.applied[found][0] - row["recorded_at"]).total_seconds())
    rows = await live.admin.fetch(
        "SELECT o.recorded_at FROM ticketing.feed f JOIN ticketing.outbox o USING (org_id, id) WHERE org_id = $1 "
        "AND o.type = 'ticket.created.v1' AND o.data->>'kind' = 'complaint' ORDER BY f.position",
        live.org,
    )
    counts = [found for _, found in live.read]
    readable = []
    for number, row in enumerate(rows, start=1):
        if row["recorded_at"] >= since and (found := bisect_left(counts, number)) < len(counts):
            readable.append((live.read[found][0] - row["recorded_at"]).total_seconds())
    return {
        "p50_ms": _ms(readable, 50),
        "p99_ms": _ms(readable, 99),
        "applied_p50_ms": _ms(spans, 50),
        "applied_p99_ms": _ms(spans, 99),
        "applied_max_ms": _ms(spans, 100),
    }


def _ms(seconds: Sequence[float], percent: int) -> float | None:
    """A percentile in milliseconds; of nothing there is none."""
    if not seconds:
        return None
    ordered = sorted(seconds)
    return round(1000 * ordered[min(len(ordered) - 1, len(ordered) * percent // 100)], 1)
