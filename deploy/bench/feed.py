"""``steward bench feed``: a history of 1,000,000 changes pulled as NDJSON through the gateway, against Postgres' own
``COPY … TO STDOUT`` of the same rows in the same run.

Both are read to the end and thrown away, in turn, and the best of each counts. Memory is that of kpi's API process
while it streams; flat means that it grew by no more than a few slices.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import http.client
import json
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen
from uuid import UUID

import asyncpg

from deploy.bench._place import fresh_folder, peak_of
from deploy.bench._report import pss_mb, say
from deploy.commands.token import token
from deploy.local import background
from deploy.local.database import organisations
from deploy.local.folder import DataFolder
from deploy.local.options import Options
from deploy.local.ports import free_port
from shared.ids import uuid7

LEAST_RATIO = 0.3
#: What the process may grow by while it streams: two slices and their copies on the way out.
MOST_GROWTH_MB = 60.0
_COLUMNS = (
    *("org_id", "feed", "position", "key", "community_id", "from_on", "until_on", "live", "deleted"),
    *("doc", "digest", "meaning", "numerator", "denominator", "written_at"),
)
DAY, AT = date(2025, 3, 31), datetime(2025, 4, 1, tzinfo=UTC)


def run(arguments: Sequence[str]) -> int:
    """See the module. Exit code 1 when rows are missing or a limit is broken."""
    parser = argparse.ArgumentParser(prog="steward bench feed")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(list(arguments))
    with fresh_folder() as folder:
        state = background.start(folder, Options(port=free_port()))
        try:
            return _measure(folder, state, options)
        finally:
            background.stop(folder)


def _measure(folder: Path, state: dict[str, Any], options: argparse.Namespace) -> int:
    admin = state["urls"]["database"]
    org = UUID(next(iter(organisations(DataFolder(folder)))))
    asyncio.run(_fill(admin, org, options.rows))
    word = token(data=folder, role="gm", org=org, units=[], subject=None, ttl=timedelta(hours=1))
    headers = {"Authorization": f"Bearer {word}", "Accept-Encoding": "identity"}
    address = f"{state['urls']['gateway']}/kpi/v1/feeds/cases?format=ndjson"
    api = [DataFolder(folder).state()["pids"]["kpi-api"]]
    _get(address.replace("format=ndjson", "limit=1"), headers)
    before = pss_mb(api)
    floors, ours, lines, peak = [], [], 0, 0.0
    for _ in range(options.rounds):
        began = time.monotonic()
        asyncio.run(_copy(admin, org))
        floors.append(time.monotonic() - began)
        with peak_of(lambda: api, every=0.05) as seen:
            began = time.monotonic()
            lines = _pull(address, headers)
            ours.append(time.monotonic() - began)
        peak = max(peak, seen[0])
    ratio = round(min(floors) / min(ours), 3)
    say(
        "feed",
        as_json=options.json,
        ratio=ratio,
        floor=round(options.rows / min(floors)),
        measured=round(options.rows / min(ours)),
        peak_mb=peak,
        grown_mb=round(peak - before, 1),
        rows=lines,
        unit="rows/s",
    )
    fine = lines == options.rows and ratio >= LEAST_RATIO and peak - before <= MOST_GROWTH_MB
    return 0 if fine else 1


def _rows(org: UUID, count: int) -> Iterator[tuple[Any, ...]]:
    """Cases like real ones; every community's are told in turn, as they would have come."""
    communities = [uuid7() for _ in range(300)]
    for n in range(1, count + 1):
        community = communities[n % 300]
        key = f"{community}/fee.collection.quarter.rate/1/{uuid7()}"
        doc = json.dumps(
            {
                "key": key,
                "community_id": str(community),
                "external_id": f"XQ-{n % 300:03}",
                "indicator": "fee.collection.quarter.rate",
                "definition_version": 1,
                "subject": key[-36:],
                "on": "2025-03-31",
                "state": "met",
                "counted": True,
                "numerator": str(n % 100_000),
                "denominator": "100000",
                "at": None,
                "decided_at": None,
                "link": f"/billing/v1/bills/{key[-36:]}",
                "fact_id": key[-36:],
                "status": "closed",
                "scorecard_id": str(community),
                "as_of": "2025-04-01T00:00:00Z",
                "computed_at": "2025-04-01T00:00:00Z",
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )
        digest = hashlib.sha256(doc.encode()).digest()
        yield (org, "cases", n, key, community, DAY, DAY, True, False, doc, digest, digest, n % 100_000, 100_000, AT)


async def _fill(admin: str, org: UUID, count: int) -> None:
    connection = await asyncpg.connect(admin)
    try:
        await connection.copy_records_to_table(
            "feed_changes", schema_name="kpi", columns=_COLUMNS, records=_rows(org, count)
        )
        await connection.execute(
            "INSERT INTO kpi.counters (org_id, name, value) VALUES ($1, 'feed.cases', $2)", org, count
        )
        await connection.execute("VACUUM ANALYZE kpi.feed_changes")
    finally:
        await connection.close()


async def _copy(admin: str, org: UUID) -> None:
    """The floor: one COPY of the same lines, read and thrown away."""

    async def drop(data: bytes) -> None:
        return None

    connection = await asyncpg.connect(admin)
    try:
        await connection.copy_from_query(
            "SELECT doc FROM kpi.feed_changes WHERE org_id = $1 AND feed = 'cases' ORDER BY position", org, output=drop
        )
    finally:
        await connection.close()


def _pull(address: str, headers: dict[str, str]) -> int:
    """Read the whole answer; the number of lines in it."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=300)
    connection.request("GET", f"{parts.path}?{parts.query}", headers=headers)
    answer = connection.getresponse()
    assert answer.status == 200, answer.read()
    lines = 0
    while chunk := answer.read1(1 << 20):
        lines += chunk.count(b"\n")
    connection.close()
    return lines


def _get(address: str, headers: dict[str, str]) -> Any:
    with urlopen(Request(address, headers=headers), timeout=60) as answer:
        return json.load(answer)
