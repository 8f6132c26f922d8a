"""Two toy services over real Postgres: ``alpha`` has things and tells of them, ``beta`` counts what it hears."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Column, Integer, MetaData, String, Uuid, insert, select, update
from sqlalchemy.ext.asyncio import create_async_engine

from shared.contracts.envelope import Event
from shared.db import ddl
from shared.db.database import Database
from shared.db.provision import database_urls, provision, role_url
from shared.db.tables import GLOBAL_TABLES, entity_table, plain_table, service_metadata
from shared.db.tx import Tx
from shared.ids import uuid7
from shared.messaging import feed
from shared.runtime import Runtime, ServiceSpec, Timer
from shared.settings import ServiceSettings, asyncpg_url
from shared.timers import firing
from tests.support.servers import SEED, Servers

alpha_metadata = service_metadata("alpha")
things = entity_table("things", alpha_metadata, Column("name", String(50), nullable=False))

beta_metadata = service_metadata("beta")
heard = plain_table(
    "heard",
    beta_metadata,
    Column("id", Uuid, nullable=False),
    Column("subject", Uuid, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("position", Integer, nullable=False),
)

REFUSED: set[UUID] = set()
"""Subjects that beta cannot apply at the moment."""


async def on_thing(tx: Tx, events: Sequence[Event]) -> None:
    """Remember each event once: a second application would break the primary key."""
    for event in events:
        if event.subject in REFUSED:
            raise ValueError("refused by the test")
    await tx.execute(
        insert(heard),
        [
            {"org_id": tx.org_id, "id": e.id, "subject": e.subject, "seq": e.seq, "position": e.position}
            for e in events
        ],
    )


async def on_timer(tx: Tx, timer: Timer) -> None:
    """Rename the thing to the instant the timer fired at."""
    if timer.payload.get("fail"):
        raise RuntimeError("this timer fails")
    row = await tx.one_or_none(
        select(things).where(things.c.org_id == tx.org_id, things.c.id == timer.subject_id).with_for_update()
    )
    assert row is not None
    await tx.execute(
        update(things)
        .where(things.c.org_id == tx.org_id, things.c.id == timer.subject_id)
        .values(name=tx.now.isoformat(), version=row.version + 1)
    )
    tx.emit("thing.fired.v1", subject=timer.subject_id, seq=row.version + 1, data={})


RUNS: list[int] = []
"""How many timers each run of :func:`on_timers` was given."""


async def on_timers(tx: Tx, timers: Sequence[Timer]) -> Sequence[Timer]:
    """:func:`on_timer` for many, of things that nobody else holds."""
    RUNS.append(len(timers))
    mine = await tx.rows(
        select(things.c.id)
        .where(things.c.org_id == tx.org_id, things.c.id.in_([t.subject_id for t in timers]))
        .order_by(things.c.id)
        .with_for_update(skip_locked=True)
    )
    held = {row.id for row in mine}
    due = await firing.still_due(tx, [timer for timer in timers if timer.subject_id in held])
    for timer in due:
        timer.begin(tx)
        await on_timer(tx, timer)
        if again := timer.payload.get("again"):
            tx.set_timer(timer.kind, timer.subject_id, timer.fire_at + timedelta(minutes=again))
    return due


ALPHA = ServiceSpec(
    name="alpha",
    metadata=alpha_metadata,
    timers={"ring": on_timer, "peal": on_timer},
    many_timers={"peal": on_timers},
)
BETA = ServiceSpec(
    name="beta",
    metadata=beta_metadata,
    subscriptions={"alpha": {"thing.made.v1": on_thing, "thing.changed.v1": on_thing, "thing.fired.v1": on_thing}},
)


def toy_settings(name: str, servers: Servers) -> ServiceSettings:
    """Settings of a toy."""
    return ServiceSettings(
        service=name,
        mode="development",
        redis_url=servers.redis_url,
        master_key="22" * 32,
        pool_size=6,
        **database_urls(servers.admin_url, name, SEED),  # type: ignore[arg-type]
    )


async def create(servers: Servers, metadata: MetaData) -> None:
    """Roles, schema, tables, policies of a toy, as a first migration would make them."""
    schema = str(metadata.schema)
    await provision(servers.admin_url, [schema], SEED)
    engine = create_async_engine(asyncpg_url(role_url(servers.admin_url, schema, "owner", SEED)))
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    await engine.dispose()
    statements: list[str] = [f"CREATE TABLE {schema}.schema_version (version_num text)"]

    class Op:
        @staticmethod
        def execute(sql: str) -> None:
            statements.append(sql)

    for table in metadata.sorted_tables:
        if table.name in GLOBAL_TABLES:
            ddl.open_global(Op, schema, table.name)
        else:
            ddl.protect(Op, schema, table.name, log=bool(table.info.get("log")))
    ddl.functions(Op, schema)
    owner = await asyncpg.connect(role_url(servers.admin_url, schema, "owner", SEED))
    for statement in statements:
        await owner.execute(statement)
    await owner.close()


class DirectPeer:
    """Stands in for HTTP between the toys: the same answers, straight from the feed's functions."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.calls = 0
        self.gate: asyncio.Event | None = None

    async def get_json(self, path: str, org: UUID, params: Any = None, **_: Any) -> Any:
        """What ``GET /v1/changes`` answers."""
        self.calls += 1
        async with self.db.read(org) as tx:
            head = await feed.head(tx)
            items = await feed.read(
                tx, after=int(params["after"]), types=params["types"].split(","), limit=int(params["limit"])
            )
        if self.gate is not None:
            await self.gate.wait()
        full = len(items) >= int(params["limit"])
        reached = items[-1]["position"] if full else max([head, *(i["position"] for i in items)])
        return {"items": items, "next": reached if full else None, "position": reached, "head": max(head, reached)}


async def make(rt: Runtime, org: UUID, name: str = "a", **timer: Any) -> UUID:
    """Make a thing and say so."""
    thing = uuid7()
    async with rt.db.tx(org, request_id="r-1") as tx:
        await tx.execute(
            insert(things),
            {"org_id": org, "id": thing, "version": 1, "created_at": tx.now, "updated_at": tx.now, "name": name},
        )
        tx.emit("thing.made.v1", subject=thing, seq=1, data={"name": name})
        if timer:
            tx.set_timer(timer.get("kind", "ring"), thing, timer["at"], timer.get("payload"))
    return thing


async def change(rt: Runtime, org: UUID, thing: UUID) -> None:
    """Change a thing under its row lock and say so."""
    async with rt.db.tx(org) as tx:
        row = await tx.one_or_none(
            select(things).where(things.c.org_id == org, things.c.id == thing).with_for_update()
        )
        assert row is not None
        await tx.execute(
            update(things).where(things.c.org_id == org, things.c.id == thing).values(version=row.version + 1)
        )
        tx.emit("thing.changed.v1", subject=thing, seq=row.version + 1, data={})


async def heard_rows(rt: Runtime, org: UUID) -> Sequence[Any]:
    """What beta applied, in feed order."""
    async with rt.db.read(org) as tx:
        return await tx.rows(select(heard).where(heard.c.org_id == org).order_by(heard.c.position))
