"""Years of closed cases, and what a request costs beside them: statements, blocks touched, tables read through."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import event

from services.ticketing.models import metadata
from services.ticketing.statements import columns
from shared.clock import wall
from shared.runtime import Runtime

#: Tables that grow with the years: nothing may read one of them from beginning to end.
GROWING = ("tickets", "ticket_clocks", "ticket_entries", "search_documents", "timers", "outbox", "feed", "audit")
_STEP = 100_000
#: Rows that may be read one after another: those of a partition that has just begun.
_FEW = 100
_FLUSH = "SELECT pg_stat_force_next_flush()"


def _id(kind: str, n: str = "n") -> str:
    """SQL of an id that grows with ``n`` and lies a while back."""
    return f"(lpad(to_hex($5::bigint + {n}), 12, '0') || '7{kind}8000' || lpad(to_hex({n}), 12, '0'))::uuid"


_TICKET = _id("000")
_HOME = _id("00f", "n / 20")
_CROWDED = "00000000-0000-4000-a000-"
_CROWD = f"('{_CROWDED}' || lpad(to_hex(n / $4::bigint), 12, '0'))::uuid"
_PATH = f"ARRAY[{_CROWD}]"
_HUNG = {"ticket_id": _TICKET, "subject_id": _TICKET}
#: Table, the column that ties it to its ticket, which of the ticket's rows, what is new in each copy.
_PIECES: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    (
        "tickets",
        "id",
        "true",
        {"id": _TICKET, "number": "'G' || n", "unit_id": _HOME, "reporter_id": _HOME, "closed_at": "t.received_at"},
    ),
    *(
        (
            "ticket_clocks",
            "ticket_id",
            f"t.clock = '{code}'",
            {**_HUNG, "id": _id(f"00{place}"), "state": "'met'", "met_at": "t.due_at"},
        )
        for place, code in enumerate(("complaint.response", "complaint.plan"), start=1)
    ),
    ("ticket_entries", "ticket_id", "true", {"id": _id("003"), "ticket_id": _TICKET}),
    (
        "timers",
        "subject_id",
        "t.kind = 'complaint.response'",
        {"id": _id("004"), "subject_id": _TICKET, "state": "'done'"},
    ),
    ("outbox", "subject", "t.type = 'ticket.created.v1'", {"id": _id("005"), "subject": _TICKET}),
    ("audit", "entity_id", "true", {"id": _id("006"), "entity_id": _TICKET}),
    (
        "search_documents",
        "id",
        "true",
        {"id": _TICKET, "number": "'g' || n", "words": "array_to_tsvector(ARRAY['w' || n, 'x' || n % 997])"},
    ),
)


@dataclass
class Years:
    """One organisation whose closed cases become more. ``ticket`` is the one that is copied."""

    admin: asyncpg.Connection
    org: UUID
    ticket: UUID
    count: int = 0
    millis: int = field(default_factory=lambda: int(wall().timestamp() * 1000) - 4_000_000)

    async def grow(self, to: int) -> None:
        """Let there be so many closed cases, each with clocks, history, timer, event, audit entry and document."""
        for start in range(self.count + 1, to + 1, _STEP):
            end = min(start + _STEP - 1, to)
            for name, key, only, new in _PIECES:
                table = metadata.tables[f"ticketing.{name}"]
                values = [new.get(c, f"t.{c}") for c in columns(table)]
                await self.admin.execute(
                    f"INSERT INTO {table.fullname} ({', '.join(columns(table))}) SELECT {', '.join(values)} "
                    f"FROM {table.fullname} t, generate_series($3::bigint, $4::bigint) n "
                    f"WHERE t.org_id = $1 AND t.{key} = $2 AND {only} AND $5::bigint > 0",
                    *(self.org, self.ticket, start, end, self.millis),
                    timeout=3600,
                )
            # Positions before the first: whoever follows the feed has read them long ago.
            await self.admin.execute(
                f"INSERT INTO ticketing.feed (org_id, id, position) SELECT $1, {_id('005')}, n - 100000000 "
                "FROM generate_series($3::bigint, $4::bigint) n WHERE $2::uuid IS NOT NULL",
                *(self.org, self.ticket, start, end, self.millis),
                timeout=3600,
            )
        self.count = to
        for name in (*GROWING, "communities"):
            await self.admin.execute(f"VACUUM ANALYZE ticketing.{name}", timeout=3600)

    async def crowd(self, organisations: int = 2000, each: int = 1) -> None:
        """Let other organisations share the tables, each with a few cases of its own.

        What the server believes about the usual organisation must not decide how it reads a large one.
        """
        # Their org units are nobody's concern here.
        await self.admin.execute("SET session_replication_role = replica")
        home = ("communities", "id", "true", {"id": _CROWD, "external_id": "'G' || n", "path": _PATH})
        for name, key, only, new in (home, *_PIECES):
            if name == "outbox":
                continue  # an event of theirs would be work that nobody does
            table = metadata.tables[f"ticketing.{name}"]
            values = {**{c: f"t.{c}" for c in columns(table)}, **new, "org_id": _CROWD}
            if "community_id" in values:
                values["community_id"] = _CROWD
            await self.admin.execute(
                f"INSERT INTO {table.fullname} ({', '.join(columns(table))}) "
                f"SELECT {', '.join(values[c] for c in columns(table))} "
                f"FROM {table.fullname} t, generate_series(1, $3::bigint) n "
                f"WHERE t.org_id = $1 AND t.{key} = $2 AND {only} AND $4::bigint > 0 AND $5::bigint > 0",
                *(self.org, await self._copied(name), organisations * each, each, self.millis),
                timeout=3600,
            )

        await self.admin.execute("RESET session_replication_role")

    async def _copied(self, table: str) -> Any:
        if table != "communities":
            return self.ticket
        return await self.admin.fetchval("SELECT community_id FROM ticketing.tickets WHERE id = $1", self.ticket)

    async def forget(self) -> None:
        """Leave the next tests a database as they know it."""
        await self.admin.execute("DELETE FROM ticketing.communities WHERE org_id::text LIKE $1", f"{_CROWDED}%")
        for name in GROWING:
            await self.admin.execute(
                f"DELETE FROM ticketing.{name} WHERE org_id = $1 OR org_id::text LIKE $2",
                *(self.org, f"{_CROWDED}%"),
                timeout=3600,
            )


async def quiet(admin: asyncpg.Connection, on: bool, schema: str = "ticketing") -> None:
    """Keep the server's own cleaning out of what is counted, or let it come back."""
    for table in await _leaves(admin, schema):
        await admin.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = {'off' if on else 'on'})")


async def _leaves(admin: asyncpg.Connection, schema: str) -> list[str]:
    rows = await admin.fetch(
        "SELECT c.oid::regclass::text AS name FROM pg_class c WHERE c.relnamespace = $1::regnamespace "
        "AND c.relkind = 'r'",
        schema,
    )
    return [row["name"] for row in rows]


@dataclass(frozen=True)
class Cost:
    """Of one request: statements sent, blocks of tables and indexes touched, growing tables read through."""

    statements: float
    blocks: float
    read_through: tuple[str, ...]


class Meter:
    """Counts what a service's connections do, by the driver's log and the server's own counters."""

    def __init__(self, rt: Runtime, admin: asyncpg.Connection, growing: Sequence[str] = GROWING) -> None:
        self.rt = rt
        self.admin = admin
        self._growing = growing
        self._statements: list[str] = []
        self._heard: set[int] = set()
        # The driver tells of what goes straight to it, the engine of what is made of Core statements.
        event.listen(rt.db.app.sync_engine, "before_cursor_execute", self._executed)
        # Ringing for the worker takes a connection for a moment, and so moves requests to one that nobody listens to.
        self._ring, rt.db.on_commit = rt.db.on_commit, lambda: None

    def close(self) -> None:
        """Listen no more."""
        self.rt.db.on_commit = self._ring
        event.remove(self.rt.db.app.sync_engine, "before_cursor_execute", self._executed)
        for raw in self.rt.db.app.drivers():
            raw.remove_query_logger(self._note)

    async def cost(
        self,
        act: Callable[[], Awaitable[object]],
        *,
        times: int = 5,
        warm: int = 7,
        before: Callable[[], Awaitable[object]] | None = None,
    ) -> Cost:
        """The mean of some turns, after as many that make statements known; ``before`` comes ahead of each half."""
        for turns in (warm, times):
            if before is not None:
                await before()
            self._listen()
            await self._flush()
            blocks, scans = await self._counters()
            self._statements.clear()
            for _ in range(turns):
                await act()
            await asyncio.sleep(0)
            sent = len(self._statements)
            await self._flush()
        after, scans_after = await self._counters()
        through = tuple(sorted(name for name, seen in scans_after.items() if seen > scans.get(name, 0) + _FEW))
        return Cost(sent / times, (after - blocks) / times, through)

    def _listen(self) -> None:
        for raw in self.rt.db.app.drivers():
            if id(raw) not in self._heard:
                self._heard.add(id(raw))
                raw.add_query_logger(self._note)

    def _executed(self, _c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self._statements.append(statement)

    def _note(self, record: Any) -> None:
        if not record.query.startswith(("BEGIN", "COMMIT", "ROLLBACK", "NOTIFY", _FLUSH)):
            self._statements.append(record.query)

    async def _flush(self) -> None:
        """Have every session that may have worked hand in its counters."""
        await self.admin.execute(_FLUSH)
        async with AsyncExitStack() as stack:
            for _ in self.rt.db.app.drivers():
                _, raw = await stack.enter_async_context(self.rt.db.app.take())
                await raw.execute(_FLUSH)
            await (await stack.enter_async_context(self.rt.db.sweep())).execute(_FLUSH)

    async def _counters(self) -> tuple[int, dict[str, int]]:
        blocks = await self.admin.fetchval(
            "SELECT sum(coalesce(heap_blks_read, 0) + coalesce(heap_blks_hit, 0) + coalesce(idx_blks_read, 0) "
            "+ coalesce(idx_blks_hit, 0) + coalesce(toast_blks_read, 0) + coalesce(toast_blks_hit, 0))::bigint "
            "FROM pg_statio_user_tables WHERE schemaname = $1",
            self.rt.db.schema,
        )
        rows = await self.admin.fetch(
            "SELECT relname, seq_tup_read FROM pg_stat_user_tables WHERE schemaname = $2 AND relname ~ $1",
            f"^({'|'.join(self._growing)})(_[0-9]+|_default)?$",
            self.rt.db.schema,
        )
        return int(blocks), {row["relname"]: row["seq_tup_read"] for row in rows}
