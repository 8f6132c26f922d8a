"""Fifty thousand tickets, and what the database would do for a statement."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Executable, Table
from sqlalchemy.dialects.postgresql.asyncpg import dialect

from services.ticketing.models import ticket_clocks, tickets
from services.ticketing.search.marks import stored
from services.ticketing.statements import columns
from shared.db.flush import dumps
from shared.ids import uuid7
from tests.ticketing.cases import NOON
from tests.ticketing.support import Community, Register

MANY = 50_000
TOPICS = ("service_attitude", "facility", "order", "environment")
STEP = 5_000
WORDS = ("厨房水管漏水", "电梯噪音很大", "门禁卡失灵", "楼道灯不亮", "绿化带垃圾")


async def fill(register: Register, community: Community, *, many: int = MANY, open_each: int = 50) -> list[UUID]:
    """Tickets of the year before ``NOON``, every ``open_each``-th open with a missed clock, with their documents."""
    rt, org = register.world.runtime("ticketing"), register.org
    ids = [uuid7() for _ in range(many)]
    rows = [_ticket(org, community, id, n, many) for n, id in enumerate(ids)]
    clocks = [_clock(org, r, n % open_each != 0) for n, r in enumerate(rows)]
    documents = [
        (org, r["id"], r["community_id"], r["number"].lower(), _words(org, r), NOON) for r in rows
    ]
    for start in range(0, many, STEP):  # a transaction that rests while Python works would be ended
        part = slice(start, start + STEP)
        async with rt.db.job(org) as tx:
            await _copy(tx.raw, tickets, rows[part])
            await _copy(tx.raw, ticket_clocks, clocks[part])
            await tx.raw.executemany(_DOCUMENT, documents[part])
    admin = await asyncpg.connect(register.world.admin_url)
    for table in ("communities", "tickets", "ticket_clocks", "search_documents"):
        await admin.execute(f"VACUUM ANALYZE ticketing.{table}")
    await admin.close()
    return ids


_DOCUMENT = (
    "INSERT INTO ticketing.search_documents (org_id, id, seq, kind, community_id, number, words, personal, "
    "indexed_at) VALUES ($1,$2,1,'ticket',$3,$4,array_to_tsvector($5::text[]),'',$6)"
)


async def _copy(raw: Any, table: Table, rows: list[dict[str, Any]]) -> None:
    names = columns(table)
    records = [tuple(row.get(name) for name in names) for row in rows]
    await raw.copy_records_to_table(table.name, schema_name="ticketing", columns=names, records=records)


def _words(org: UUID, row: dict[str, Any]) -> list[str]:
    return stored(org, row["number"], row["summary"])


def _ticket(org: UUID, community: Community, id: UUID, n: int, many: int) -> dict[str, Any]:
    at = NOON - timedelta(days=365) * (many - n) / many
    return {
        "org_id": org,
        "id": id,
        "version": 1,
        "created_at": at,
        "updated_at": at,
        "number": f"C{at:%Y%m%d}-{n:06d}",
        "kind": "complaint",
        "state": "received",
        "community_id": community.id,
        "unit_id": community.units[n % len(community.units)],
        "channel": "phone",
        "summary": f"{WORDS[n % len(WORDS)]} 第{n}次" if n % 1000 else f"{WORDS[0]}钥匙断了",
        "fields": dumps({"topic": TOPICS[n % len(TOPICS)]}),
        "attachments": "[]",
        "urgency": "normal",
        "complex": False,
        "major": False,
        "received_at": at,
        "rounds": 1,
        "closed_at": at + timedelta(days=2) if n % 50 else None,
    }


def _clock(org: UUID, ticket: dict[str, Any], met: bool) -> dict[str, Any]:
    at: datetime = ticket["received_at"]
    return {
        "org_id": org,
        "id": uuid7(),
        "version": 1,
        "created_at": at,
        "updated_at": at,
        "ticket_id": ticket["id"],
        "subject_id": ticket["id"],
        "clock": "complaint.response",
        "from_at": at,
        "due_at": at + timedelta(minutes=10),
        "state": "met" if met else "breached",
        "met_at": at + timedelta(minutes=5) if met else None,
        "breached_at": None if met else at + timedelta(minutes=10, seconds=1),
        "policy": "complaint/1",
    }


async def plan_of(register: Register, statement: Executable) -> str:
    """What the database would do, as the app role, under the row policies."""
    compiled = statement.compile(dialect=dialect(), compile_kwargs={"literal_binds": True})  # type: ignore[attr-defined]  # of every clause
    async with register.world.runtime("ticketing").db.read(register.org) as tx:
        rows = await tx.raw.fetch("EXPLAIN " + str(compiled))
    return "\n".join(r[0] for r in rows)
