"""One Postgres and one Redis for a whole test run, shared by its parallel workers, started by whoever needs them first.

The database is migrated once into a template; every worker works in a copy of its own.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg

from deploy.local.postgres import EmbeddedPostgres
from deploy.local.redis import EmbeddedRedis
from shared.db.migrations import migrate
from shared.db.provision import provision, role_url
from shared.settings import SERVICES

SEED = "test-run"
TEMPLATE = "steward_template"


@dataclass(frozen=True)
class Servers:
    """Where the run's servers are; ``admin_url`` names the worker's own database."""

    admin_url: str
    redis_url: str


def with_database(url: str, name: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One process of the run at a time."""
    with (folder / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def available() -> list[str]:
    """Services whose models and migrations exist."""
    root = Path(__file__).resolve().parents[2] / "services"
    return [
        s
        for s in SERVICES
        if (root / s / "main.py").exists() and list((root / s / "migrations" / "versions").glob("[0-9]*.py"))
    ]


def _template(admin: str) -> None:
    async def create() -> None:
        connection = await asyncpg.connect(admin)
        await connection.execute(f"CREATE DATABASE {TEMPLATE}")
        await connection.close()
        await provision(with_database(admin, TEMPLATE), SERVICES, SEED)

    asyncio.run(create())
    for service in available():
        migrate(service, role_url(with_database(admin, TEMPLATE), service, "owner", SEED))


def in_thread(act: object, *arguments: object) -> object:
    """Run blocking code that starts its own event loop, while one runs here."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(act, *arguments).result()  # type: ignore[arg-type]


def start(folder: Path, worker: str) -> Servers:
    """Join the run's servers, starting them if nobody has, and make this worker's database."""
    folder.mkdir(parents=True, exist_ok=True)
    state = folder / "servers.json"
    with locked(folder):
        if not state.exists():
            admin = EmbeddedPostgres(folder / "postgres", durable=False).start()
            redis = EmbeddedRedis(folder / "redis").start()
            in_thread(_template, admin)
            state.write_text(json.dumps({"admin": admin, "redis": redis}))
        found = json.loads(state.read_text())
        name = f"steward_{worker}_{os.getpid()}"

        async def copy() -> None:
            connection = await asyncpg.connect(found["admin"])
            await connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
            await connection.close()

        in_thread(asyncio.run, copy())
    return Servers(with_database(found["admin"], name), found["redis"])


async def own_database(servers: Servers) -> str:
    """The administrator's URL of a fresh migrated database, for tests that need one to themselves."""
    name = f"own_{uuid4().hex[:12]}"
    connection = await asyncpg.connect(with_database(servers.admin_url, "postgres"))
    await connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    await connection.close()
    return with_database(servers.admin_url, name)


def stop(folder: Path) -> None:
    """Stop what this run started; called once, when all workers are done."""
    if (folder / "servers.json").exists():
        EmbeddedRedis(folder / "redis").stop()
        EmbeddedPostgres(folder / "postgres", durable=False).stop()
