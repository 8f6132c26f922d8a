"""The floor of the payments benchmark: a bare FastAPI endpoint on asyncpg that writes the rows one real payment left.

No gateway, no token, no checks, no rules: one transaction, one statement per table, and the two rows a payment changes
(what is open on the bill, what the unit owes). It reads the rows of a payment that was booked through the product and
writes them again under new ids, for units by lot.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
from fastapi import FastAPI, Request
from pydantic import BaseModel

from deploy.bench._floor import SCHEMA, Writer
from shared.ids import uuid7

#: Table -> the condition under which its rows are the payment's.
TABLES = {
    "idempotency_keys": "key = 'bench-0'",
    "payments": "id = $1",
    "allocations": "payment_id = $1",
    "postings": "act_id = $1",
    "audit": "entity_id = $1",
    "outbox": "subject = $1 OR subject IN (SELECT bill_id FROM billing.allocations WHERE payment_id = $1) "
    "AND type = 'payment.allocated.v1'",
    "feed": "id IN (SELECT id FROM billing.outbox WHERE subject = $1 OR subject IN (SELECT bill_id "
    "FROM billing.allocations WHERE payment_id = $1) AND type = 'payment.allocated.v1')",
}
#: Tables of which a payment changes a row.
CHANGED = ("bill_balances", "accounts")


class PaymentIn(BaseModel):
    """What the product's endpoint takes."""

    community_id: UUID
    unit_id: UUID
    method: str
    amount: dict[str, str]
    value_date: str


def create_app() -> FastAPI:
    """The floor as an app; ``BENCH_DATABASE_URL``, ``BENCH_SUBJECT`` and ``BENCH_POOL`` say over what."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        size, payment = int(os.environ["BENCH_POOL"]), UUID(os.environ["BENCH_SUBJECT"])
        pool = await asyncpg.create_pool(os.environ["BENCH_DATABASE_URL"], min_size=size, max_size=size)
        app.state.pool, app.state.writers = pool, {}
        for table, where in TABLES.items():
            # The sequencer has stamped the feed meanwhile; a payment leaves it unstamped.
            columns = "org_id, id" if table == "feed" else "*"
            wanted = f"SELECT {columns} FROM billing.{table} WHERE {where}"
            rows = await (pool.fetch(wanted, payment) if "$1" in where else pool.fetch(wanted))
            app.state.writers[table] = Writer(table, list(rows), payment)
        bills = await pool.fetch(f"SELECT unit_id, id FROM {SCHEMA}.bill_balances")
        app.state.bills = {row["unit_id"]: row["id"] for row in bills}
        app.state.org = await pool.fetchval(f"SELECT org_id FROM {SCHEMA}.accounts LIMIT 1")
        yield
        await pool.close()

    app = FastAPI(lifespan=lifespan)

    @app.post("/payments", status_code=201)
    async def create(body: PaymentIn, request: Request) -> dict[str, Any]:
        state, payment = request.app.state, uuid7()
        whole, part = body.amount["amount"].split(".")
        fen = int(whole) * 100 + int(part)
        events = [uuid7() for _ in range(8)]
        async with state.pool.acquire() as connection, connection.transaction():
            for table, writer in state.writers.items():
                ids = events if table in ("outbox", "feed") else [uuid7() for _ in writer.values]
                await connection.execute(writer.sql, *writer.arguments(payment, ids, 0))
            await connection.execute(
                f"UPDATE {SCHEMA}.bill_balances SET open_fen = open_fen - $3, version = version + 1 "
                "WHERE org_id = $1 AND id = $2",
                state.org,
                state.bills[body.unit_id],
                fen,
            )
            await connection.execute(
                f"UPDATE {SCHEMA}.accounts SET receivable_fen = receivable_fen - $3, version = version + 1 "
                "WHERE org_id = $1 AND unit_id = $2",
                state.org,
                body.unit_id,
                fen,
            )
        return {"id": payment, **body.model_dump()}

    return app
