"""The floor of the reads: bare endpoints on FastAPI and asyncpg that answer what the product answers.

No gateway, no token, no scope, no row policies: rows by their keys, two statements for a page, one for a ticket, and a
dictionary for each. What the product derives (names of states and clocks, what can be done, masking) stands ready in
look-ups made at the start.
"""

from __future__ import annotations

import base64
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from fastapi import FastAPI, Request

from services.ticketing.domain.kind import clock_specs, kinds
from shared.masking import mask_name, mask_phone

TICKET = (
    "id, number, kind, state, community_id, unit_id, place_id, reporter_id, channel, origin, authority_number, "
    "authority_deadline, summary, detail, contact, fields, attachments, wished_urgency, urgency, complex, major, "
    "appointment, received_at, created_at, assignee_id, department, handler_id, responded_at, arrived_at, "
    "plan_sent_at, plan_text, deadline, completed_at, result, valid, rating, satisfied, rated_at, signed_at, "
    "closed_at, cancelled_at, rounds, merged_into, version, updated_at"
)
CLOCK = "ticket_id, clock, subject_id, from_at, due_at, met_at, breached_at, state, warned"
_PAGE = f"SELECT {TICKET} FROM ticketing.tickets WHERE org_id = $1 ORDER BY id DESC LIMIT 51"
_ONE = f"SELECT {TICKET} FROM ticketing.tickets WHERE org_id = $1 AND id = $2"
_CLOCKS = f"SELECT {CLOCK} FROM ticketing.ticket_clocks WHERE org_id = $1 AND ticket_id = ANY($2::uuid[]) ORDER BY id"


async def _codec(connection: asyncpg.Connection) -> None:
    await connection.set_type_codec("jsonb", encoder=bytes.decode, decoder=orjson.loads, schema="pg_catalog")


def create_app() -> FastAPI:
    """The floor as an app; ``BENCH_DATABASE_URL``, ``BENCH_SUBJECT`` and ``BENCH_POOL`` say over what."""
    states = {
        (kind.code, state.code): (
            {"zh": state.zh, "en": state.en},
            [a for a in kind.allowed(state.code) if a not in ("close", "refuse-signature")],
        )
        for kind in kinds().values()
        for state in kind.states
    }
    clocks = {code: {"zh": spec.zh, "en": spec.en} for code, spec in clock_specs().items()}

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        size = int(os.environ["BENCH_POOL"])
        pool = await asyncpg.create_pool(os.environ["BENCH_DATABASE_URL"], min_size=size, max_size=size, init=_codec)
        app.state.pool = pool
        app.state.org = await pool.fetchval(
            "SELECT org_id FROM ticketing.tickets WHERE id = $1", UUID(os.environ["BENCH_SUBJECT"])
        )
        yield
        await pool.close()

    def ticket(row: Mapping[str, Any]) -> dict[str, Any]:
        found = dict(row)
        found["recorded_at"] = found.pop("created_at")
        found["state_name"], found["actions"] = states[row["kind"], row["state"]]
        found["document_hash"] = None
        if contact := found["contact"]:
            found["contact"] = {
                "name": mask_name(contact["name"]),
                "phone": mask_phone(contact["phone"]),
                "email": None,
                "person_id": None,
            }
        return found

    app = FastAPI(lifespan=lifespan)

    @app.get("/tickets")
    async def page(request: Request) -> dict[str, Any]:
        state = request.app.state
        async with state.pool.acquire() as connection:
            rows = await connection.fetch(_PAGE, state.org)
            found = await connection.fetch(_CLOCKS, state.org, [row["id"] for row in rows[:50]])
        items = {row["id"]: {**ticket(row), "clocks": []} for row in rows[:50]}
        for row in found:
            clock = dict(row)
            clock["warned_percent"] = clock.pop("warned") or 0
            clock["name"] = clocks[row["clock"]]
            items[clock.pop("ticket_id")]["clocks"].append(clock)
        last = orjson.dumps({"id": str(rows[49]["id"])})
        return {"items": list(items.values()), "next": base64.urlsafe_b64encode(last).rstrip(b"=").decode()}

    @app.get("/tickets/{id}")
    async def one(id: UUID, request: Request) -> dict[str, Any]:
        state = request.app.state
        return ticket(await state.pool.fetchrow(_ONE, state.org, id))

    return app
