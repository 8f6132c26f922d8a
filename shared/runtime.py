"""What a service is (:class:`ServiceSpec`) and what a process of it holds (:class:`Runtime`)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import redis.asyncio as redis
import structlog
from sqlalchemy import MetaData

from shared import clock
from shared.contracts.envelope import Event
from shared.db.database import Database, is_connection_error
from shared.db.flush import loads
from shared.db.tx import Tx
from shared.db.versions import check_schema, head_revision
from shared.settings import SERVICES, ServiceSettings

if TYPE_CHECKING:
    from shared.http.clients import ServiceClient

log = structlog.get_logger(__name__)

Handler = Callable[[Tx, Sequence[Event]], Awaitable[None]]
"""Takes a run of consecutive events: all of one type, or of those types it is named for in the subscriptions."""

DATABASE_PATIENCE = 15.0
"""Seconds for which a process that starts waits for its database before it gives up."""

TimersHandler = Callable[[Tx, "Sequence[Timer]"], Awaitable["Sequence[Timer]"]]
"""Takes many timers of its kinds, oldest first, and returns those it handled; see :mod:`shared.timers.firing`."""

HEARTBEAT_LIMIT = 15.0
"""Seconds after which a silent worker makes its service unready."""


@dataclass(frozen=True, slots=True)
class Timer:
    """A deadline that has come. ``fire_at`` is business time, and the transaction's ``now`` while it is handled."""

    id: UUID
    kind: str
    subject_id: UUID
    fire_at: datetime
    payload: Mapping[str, Any]
    request_id: str = ""

    def begin(self, tx: Tx) -> None:
        """Let what follows happen at this deadline, for the request that set it."""
        tx.now = self.fire_at
        tx.request_id = self.request_id


@dataclass(frozen=True, slots=True)
class Job:
    """Work that outlives its request. ``attempts`` counts from 1."""

    id: UUID
    org_id: UUID
    kind: str
    payload: Mapping[str, Any]
    attempts: int
    request_id: str


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """What a worker last reported: its process, how many wall seconds ago, and the backlog it saw then."""

    process: str
    age: float
    detail: Mapping[str, Any]


@dataclass(frozen=True)
class ServiceSpec:
    """A service's table of contents: its tables, what it hears, what its worker does, who may do what."""

    name: str
    metadata: MetaData
    subscriptions: Mapping[str, Mapping[str, Handler]] = field(default_factory=dict)
    prepare: Mapping[str, Callable[[Runtime, UUID, Sequence[Event]], Awaitable[Any]]] = field(default_factory=dict)
    narrow: Callable[[Runtime, UUID, str], Awaitable[Collection[str]]] | None = None
    """Which of the types of a source that it can handle an organisation wants to hear now; without it, all."""
    timers: Mapping[str, Callable[[Tx, Timer], Awaitable[None]]] = field(default_factory=dict)
    many_timers: Mapping[str, TimersHandler] = field(default_factory=dict)
    jobs: Mapping[str, Callable[[Runtime, Job], Awaitable[None]]] = field(default_factory=dict)
    lanes: Mapping[str, str] = field(default_factory=dict)
    """Kind of job -> the lane it runs in, beside the one for all others: no lane waits for what runs in another."""
    powers: Mapping[str, frozenset[str] | set[str]] = field(default_factory=dict)


class Runtime:
    """One process's resources; made by :func:`open_runtime`."""

    def __init__(self, spec: ServiceSpec, settings: ServiceSettings) -> None:
        self.spec = spec
        self.settings = settings
        self.db = Database(settings)
        self.redis: redis.Redis = redis.Redis.from_url(
            settings.redis_url, socket_timeout=5, socket_connect_timeout=2, retry_on_timeout=False
        )
        self.peers: dict[str, ServiceClient] = {}
        self.state: dict[str, Any] = {}
        """Whatever a service keeps per process (connections to providers)."""
        self.closing = AsyncExitStack()
        """What has to be closed of it when the process ends."""

    async def check_schema(self) -> None:
        """Refuse to start on a stale schema. Raises :class:`shared.db.versions.StaleSchema`."""
        async with self.db.plain() as raw:
            await check_schema(self.spec.name, raw)

    async def heartbeat(self) -> Heartbeat | None:
        """The last report of the service's worker; None when it never reported. Raises what a database raises."""
        async with self.db.plain() as raw:
            row = await raw.fetchrow(
                f"SELECT process, beat_at, detail FROM {self.spec.name}.heartbeats ORDER BY beat_at DESC LIMIT 1"
            )
        if row is None:
            return None
        return Heartbeat(row["process"], (clock.wall() - row["beat_at"]).total_seconds(), loads(row["detail"]))

    async def readiness(self) -> dict[str, dict[str, Any]]:
        """What ``/readyz`` shows: each part with ``ok`` and what a person needs to know about it."""
        out: dict[str, dict[str, Any]] = {}
        schema = self.spec.name
        try:
            async with self.db.plain() as raw:
                version = await raw.fetchval(f"SELECT version_num FROM {schema}.schema_version")
            beat = await self.heartbeat()
            out["database"] = {"ok": True}
            wanted = head_revision(schema)
            out["schema"] = {"ok": version == wanted, "version": version, "wanted": wanted}
            if beat is None:
                out["worker"] = {"ok": False, "age_s": None}
            else:
                out["worker"] = {"ok": beat.age < HEARTBEAT_LIMIT, "age_s": round(beat.age, 1), "process": beat.process}
                # Work that waits makes nobody unready: more of it would wait if the service were taken away.
                out["lags"] = {"ok": True, **beat.detail}
        except Exception as error:
            if not is_connection_error(error):
                raise
            out["database"] = {"ok": False, "error": type(error).__name__}
        try:
            await self.redis.ping()
            out["redis"] = {"ok": True}
        except (redis.RedisError, OSError) as error:
            out["redis"] = {"ok": False, "error": type(error).__name__}
        return out

    async def jwks_load(self, issuer: str) -> dict[str, Any] | None:
        """The last JWKS this service saw of an issuer."""
        async with self.db.plain() as raw:
            found = await raw.fetchval(f"SELECT document FROM {self.spec.name}.jwks_copies WHERE issuer = $1", issuer)
        return None if found is None else loads(found)

    async def jwks_save(self, issuer: str, document: Mapping[str, Any]) -> None:
        """Keep a JWKS, so that a restart works while the issuer is down."""
        async with self.db.plain() as raw:
            await raw.execute(
                f"INSERT INTO {self.spec.name}.jwks_copies (issuer, document, fetched_at) VALUES ($1,$2,$3) "
                "ON CONFLICT (issuer) DO UPDATE SET document = excluded.document, fetched_at = excluded.fetched_at",
                issuer,
                json.dumps(document),
                clock.wall(),
            )


@asynccontextmanager
async def open_runtime(spec: ServiceSpec, settings: ServiceSettings) -> AsyncIterator[Runtime]:
    """Open a process's resources and close them again. Raises StaleSchema when ``migrate`` has not been run."""
    from shared.auth.keys import import_key
    from shared.auth.tokens import ServiceTokens
    from shared.http.clients import ServiceClient

    rt = Runtime(spec, settings)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(rt.db.close)
        stack.push_async_callback(rt.redis.aclose)
        stack.push_async_callback(rt.closing.aclose)
        await _checked(rt)
        if settings.service_key:
            tokens = ServiceTokens(spec.name, import_key(settings.service_key))
            for peer in SERVICES:
                # A service may follow its own feed, for what it derives from its own rows.
                if (peer != spec.name or peer in spec.subscriptions) and getattr(settings, f"{peer}_url"):
                    client = ServiceClient(settings.peer_url(peer), tokens, peer)
                    stack.push_async_callback(client.aclose)
                    rt.peers[peer] = client
        yield rt


async def _checked(rt: Runtime) -> None:
    """Check the schema, and give a database that is just coming back a moment: starting together is the usual case."""
    end = clock.monotonic() + DATABASE_PATIENCE
    while True:
        try:
            await rt.check_schema()
            return
        except Exception as error:
            if not is_connection_error(error) or clock.monotonic() > end:
                raise
            log.warning("start.database_away", error=str(error)[:200])
            await asyncio.sleep(0.3)
