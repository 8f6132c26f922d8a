"""A process's connections to its service's schema, one pool per role it needs."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import NullPool, event
from sqlalchemy.exc import DBAPIError, DisconnectionError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from shared import faults
from shared.db.audit import Vault
from shared.db.claims import CLAIMED, Claim, prepare
from shared.db.flush import dumps, flush
from shared.db.kept import Kept
from shared.db.numbers import Numbers
from shared.db.tx import Tx
from shared.settings import LIMITS, ServiceSettings, asyncpg_url

#: Raised by drivers and pools when the server is away; callers wait and try again, or answer 503. The driver's internal
#: error is what a statement gets that meets the server's farewell to a resting session before its end of file.
CONNECTION_ERRORS = (
    OSError,
    InterfaceError,
    OperationalError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)


#: The server is going, starting or has ended this session. Not all of class 57: a statement that was cancelled for its
#: length (57014) was refused, and would be refused again.
_AWAY = frozenset({"57P01", "57P02", "57P03", "57P05", "25P03", "25P04", "53300"})
#: A neighbour was in the way: nothing is wrong with the statement, and the same again may well succeed.
_IN_THE_WAY = frozenset({"40001", "40P01", "55P03"})


def _state(error: BaseException) -> str:
    found = getattr(error.orig if isinstance(error, DBAPIError) else error, "sqlstate", None)
    return found if isinstance(found, str) else ""


def is_connection_error(error: BaseException) -> bool:
    """Whether the database was away or going, as opposed to refusing the statement."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    state = _state(error)
    if state:
        return state.startswith("08") or state in _AWAY
    return isinstance(error, CONNECTION_ERRORS)


def is_passing(error: BaseException) -> bool:
    """Whether trying again is the cure: the database was away, or another transaction was in the way."""
    return is_connection_error(error) or _state(error) in _IN_THE_WAY


def channel(schema: str) -> str:
    """The NOTIFY channel on which a service's writers wake its worker."""
    return f"{schema}_wake"


class Database:
    """Opens transactions. ``tx`` and ``read`` run as the app role, ``sweep`` and ``job`` in workers only."""

    def __init__(self, settings: ServiceSettings, *, schema: str | None = None) -> None:
        self.schema = schema or settings.service
        self.settings = settings
        self._master = bytes.fromhex(settings.master_key) if settings.master_key else b""
        self._vault = Vault(self._master)
        self.app = _kept(settings.database_url, settings.pool_size, f"{self.schema}-app")
        self.numbers = Numbers(settings.database_url, self.schema)
        self._sweep: AsyncEngine | None = None
        self._job: Kept | None = None
        self._waker: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self.on_commit: Callable[[], None] = self._ring
        """Called after each commit that leaves work; a worker replaces it by its own loops' events."""

    @asynccontextmanager
    async def tx(
        self,
        org_id: UUID,
        *,
        actor_id: UUID | None = None,
        request_id: str = "",
        now: datetime | None = None,
        claim: Claim | None = None,
    ) -> AsyncIterator[Tx]:
        """A write transaction: flushed and committed when the block ends, rolled back when it raises.

        ``claim``: the request's idempotency key, taken by what opens the transaction; ``tx.claimed`` tells whether.
        """
        async with self._open(self.app, org_id, claim) as (conn, raw, said):
            tx = Tx(conn, raw, self.schema, org_id, actor_id=actor_id, request_id=request_id, now=now)
            tx.claimed = claim is not None and said == CLAIMED
            tx.numbers, tx.vault = self.numbers, self._vault
            yield tx
            woken = await flush(tx, self._master)
            faults.point("before_commit")
            await raw.execute("COMMIT")
        if woken:
            self.on_commit()

    @asynccontextmanager
    async def read(self, org_id: UUID, *, actor_id: UUID | None = None, request_id: str = "") -> AsyncIterator[Tx]:
        """A transaction for reading; what it would write is thrown away."""
        async with self._open(self.app, org_id) as (conn, raw, _):
            tx = Tx(conn, raw, self.schema, org_id, actor_id=actor_id, request_id=request_id)
            tx.vault = self._vault
            yield tx

    @asynccontextmanager
    async def _open(
        self, kept: Kept, org_id: UUID, claim: Claim | None = None
    ) -> AsyncIterator[tuple[AsyncConnection, Any, str]]:
        """A transaction bound to an organisation, left by rollback unless the block committed it; with what the
        server said to the last word of its opening.

        The engine is in autocommit and the transaction is driven here: naming the organisation and claiming a key
        travel with BEGIN, which saves every request as many round trips.
        """
        async with kept.take() as (conn, raw):
            try:
                # A UUID's text is the only thing put into this statement. What `set_org` does for those who pass a
                # parameter is said directly here: one trip, and no function to plan.
                opening = f"BEGIN; SET LOCAL app.org = '{UUID(str(org_id))}'"
                if claim is not None:
                    await prepare(raw, self.schema)
                    opening = f"{opening}; {claim.sql(org_id)}"
                said = await raw.execute(opening)
                yield conn, raw, said
                if raw.is_in_transaction():
                    await _leave(raw)
            except asyncpg.InternalClientError:
                raw.terminate()  # it is gone, though it does not know yet
                raise
            finally:
                if not raw.is_closed() and raw.is_in_transaction():
                    await _roll_back(raw)

    @asynccontextmanager
    async def plain(self) -> AsyncIterator[Any]:
        """A driver connection of the app role without an organisation, for the short list of global tables."""
        async with self.app.take() as (_, raw):
            yield raw

    @asynccontextmanager
    async def sweep(self) -> AsyncIterator[Any]:
        """A driver connection of the sweep role: who has work, and nothing more. Workers only."""
        if self._sweep is None:
            self._sweep = _engine(
                self.settings.sweep_database_url,
                f"{self.schema}-sweep",
                pool_size=4,
                max_overflow=0,
                pool_timeout=10,
                pool_recycle=1800,
            )
        async with self._sweep.connect() as conn:
            yield (await conn.get_raw_connection()).driver_connection

    @asynccontextmanager
    async def job(self, org_id: UUID, *, request_id: str = "") -> AsyncIterator[Tx]:
        """A transaction of the job role for bulk work of one organisation, named in every statement."""
        async with self._open(self._bulk(), org_id) as (conn, raw, _):
            tx = Tx(conn, raw, self.schema, org_id, request_id=request_id)
            tx.vault = self._vault
            yield tx
            await flush(tx, self._master)
            faults.point("before_commit")
            await raw.execute("COMMIT")
        # Bulk statements write feed rows of their own, which only the worker's sweep would find otherwise.
        self.on_commit()

    @asynccontextmanager
    async def maintenance(self) -> AsyncIterator[Any]:
        """A driver connection of the job role without an organisation, for what belongs to none (partitions)."""
        async with self._bulk().take() as (_, raw):
            yield raw

    def _bulk(self) -> Kept:
        if self._job is None:
            self._job = _kept(self.settings.job_database_url, 2, f"{self.schema}-job")
        return self._job

    def _ring(self) -> None:
        self._wake.set()
        if self._waker is None or self._waker.done():
            self._waker = asyncio.create_task(self._notify(), name="wake-worker")

    async def _notify(self) -> None:
        # A NOTIFY inside the write cost a third of the commits; here one follows many of them. Losing it loses
        # nothing: the worker sweeps as well.
        while self._wake.is_set():
            await asyncio.sleep(self.settings.bell_debounce)
            self._wake.clear()
            try:
                async with self.plain() as raw:
                    await raw.execute(f"NOTIFY {channel(self.schema)}")
            except Exception as error:
                if not is_connection_error(error):
                    raise
            # The first commit after a calm wakes the worker at once; while they keep coming, a few wakes a second do.
            await asyncio.sleep(self.settings.bell_interval)

    async def close(self) -> None:
        """Give all connections back."""
        if self._waker is not None:
            self._waker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._waker
        await self.numbers.close()
        await self.app.close()
        if self._job is not None:
            await self._job.close()
        if self._sweep is not None:
            await self._sweep.dispose()


async def _leave(raw: Any) -> None:
    """End a transaction that was left in peace: the usual end of each reading, so without a task of its own."""
    try:
        await raw.execute("ROLLBACK", timeout=5)
    except BaseException:
        raw.terminate()
        raise


async def _roll_back(raw: Any) -> None:
    """End the transaction whatever happens to this task; a connection that cannot is thrown away."""
    try:
        await asyncio.shield(asyncio.wait_for(raw.execute("ROLLBACK"), 5))
    except BaseException:
        raw.terminate()
        raise


def _kept(url: str, size: int, name: str) -> Kept:
    # Kept pools them; what it closes shall be closed.
    return Kept(_engine(url, name, poolclass=NullPool), size)


def _engine(url: str, name: str, **pool: Any) -> AsyncEngine:
    engine = create_async_engine(
        asyncpg_url(url),
        **pool,
        isolation_level="AUTOCOMMIT",  # transactions are driven by Database, see there
        pool_pre_ping=False,
        json_serializer=dumps,
        json_deserializer=orjson.loads,
        connect_args={
            "timeout": 10,
            "server_settings": {
                "application_name": name,
                "statement_timeout": str(LIMITS.statement_timeout_ms),
                "lock_timeout": str(LIMITS.lock_timeout_ms),
                "idle_in_transaction_session_timeout": str(LIMITS.idle_in_transaction_ms),
                "timezone": "UTC",
            },
        },
    )
    event.listen(engine.sync_engine, "checkout", _demand_open)
    return engine


def _demand_open(dbapi_connection: Any, _record: Any, _proxy: Any) -> None:
    """A connection whose server went away while it rested is replaced, not handed out: the driver knows without asking.

    Statements go straight to the driver, so the pool would never learn of it from a failure.
    """
    if dbapi_connection.driver_connection.is_closed():
        raise DisconnectionError("the server closed this connection")
