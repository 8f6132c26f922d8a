"""The floor of the intake benchmark: a bare FastAPI endpoint on asyncpg that writes the rows one real ticket left.

No gateway, no token, no checks, no rules: one transaction, one statement per table. It reads the rows of a ticket that
was taken through the product and writes them again under new ids, so that both sides write the same.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
from fastapi import FastAPI, Request
from pydantic import BaseModel

from shared.ids import uuid7

SCHEMA = "bench_floor"
#: Table -> the column that ties its rows to the ticket.
TABLES = {
    "idempotency_keys": None,
    "tickets": "id",
    "ticket_entries": "ticket_id",
    "ticket_clocks": "ticket_id",
    "timers": "subject_id",
    "audit": "entity_id",
    "outbox": "subject",
    "feed": None,
}


class TicketIn(BaseModel):
    """What the product's endpoint takes."""

    community_id: UUID
    unit_id: UUID | None = None
    kind: str
    summary: str
    detail: str | None = None
    urgency: str | None = None
    channel: str | None = None


class Writer:
    """The insert of one table: its statement and which values are new in each ticket."""

    def __init__(self, table: str, rows: list[Any], ticket: UUID) -> None:
        self.columns = list(rows[0].keys())
        self.values = [[row[c] for c in self.columns] for row in rows]
        self.ticket = ticket
        width = len(self.columns)
        marks = ",".join(
            "(" + ",".join(f"${r * width + c + 1}" for c in range(width)) + ")" for r in range(len(rows))
        )
        self.sql = f"INSERT INTO {SCHEMA}.{table} ({','.join(self.columns)}) VALUES {marks}"

    def arguments(self, ticket: UUID, ids: list[UUID], number: int) -> list[Any]:
        """The values of a new ticket: fresh ids, the ticket's where it stood, a number of its own."""
        out: list[Any] = []
        for index, row in enumerate(self.values):
            for column, value in zip(self.columns, row, strict=True):
                if value == self.ticket:
                    value = ticket
                elif column == "id":
                    value = ids[index]
                elif column == "number":
                    value = f"{value[:-4]}{number}"
                elif column == "key":
                    value = str(ticket)
                out.append(value)
        return out


async def writers(pool: asyncpg.Pool, ticket: UUID) -> dict[str, Writer]:
    """One writer per table that the ticket left rows in."""
    found: dict[str, Writer] = {}
    events = [r["id"] for r in await pool.fetch("SELECT id FROM ticketing.outbox WHERE subject = $1", ticket)]
    for table, column in TABLES.items():
        if table == "feed":
            rows = await pool.fetch("SELECT org_id, id FROM ticketing.feed WHERE id = ANY($1::uuid[])", events)
        elif column is None:
            rows = await pool.fetch(f"SELECT * FROM ticketing.{table} ORDER BY created_at DESC LIMIT 1")
        else:
            rows = await pool.fetch(f"SELECT * FROM ticketing.{table} WHERE {column} = $1", ticket)
        if rows:
            found[table] = Writer(table, list(rows), ticket)
    return found


def create_app() -> FastAPI:
    """The floor as an app; ``BENCH_DATABASE_URL``, ``BENCH_SUBJECT`` and ``BENCH_POOL`` say over what."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        size = int(os.environ["BENCH_POOL"])
        pool = await asyncpg.create_pool(os.environ["BENCH_DATABASE_URL"], min_size=size, max_size=size)
        app.state.pool = pool
        app.state.writers = await writers(pool, UUID(os.environ["BENCH_SUBJECT"]))
        app.state.numbers = itertools.count(1)
        yield
        await pool.close()

    app = FastAPI(lifespan=lifespan)

    @app.post("/tickets", status_code=201)
    async def create(body: TicketIn, request: Request) -> dict[str, Any]:
        state = request.app.state
        ticket = uuid7()
        number = next(state.numbers)
        events = [uuid7() for _ in range(16)]
        async with state.pool.acquire() as connection, connection.transaction():
            for table, writer in state.writers.items():
                ids = events if table in ("outbox", "feed") else [uuid7() for _ in writer.values]
                await connection.execute(writer.sql, *writer.arguments(ticket, ids, number))
        return {"id": ticket, "number": number, **body.model_dump()}

    return app
