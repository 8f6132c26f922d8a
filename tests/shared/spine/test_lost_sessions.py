"""A database session that ends is an outage of a moment: neither our bug, nor the event's or the request's fault."""

from __future__ import annotations

import asyncio
from uuid import UUID

import asyncpg
import pytest

from shared.db.database import is_connection_error, is_passing
from shared.http.database_errors import translate
from shared.http.errors import DatabaseDown
from shared.runtime import Runtime
from tests.support.servers import Servers


async def end_sessions(servers: Servers, name: str) -> int:
    """As an operator, a failover or a crash of another backend would."""
    admin = await asyncpg.connect(servers.admin_url)
    ended: int = await admin.fetchval(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
        "WHERE application_name = $1 AND datname = current_database()",
        name,
    )
    await admin.close()
    return ended


async def test_a_session_that_was_ended_while_it_rested_is_replaced_or_fails_as_an_outage(
    servers: Servers, alpha: Runtime, tenant: UUID
) -> None:
    outages = 0
    for pause in (0.0, 0.0, 0.0, 0.001, 0.002, 0.005, 0.05):
        async with alpha.db.tx(tenant) as tx:
            await tx.raw.fetchval("SELECT 1")
        assert await end_sessions(servers, "alpha-app") >= 1
        # Between the server's farewell and the end of the connection lies a moment in which the driver is confused.
        await asyncio.sleep(pause)
        try:
            async with alpha.db.tx(tenant) as tx:
                assert await tx.raw.fetchval("SELECT 1") == 1
        except Exception as error:
            outages += 1
            assert is_connection_error(error), repr(error)
            assert isinstance(translate(error), DatabaseDown), repr(error)
    async with alpha.db.tx(tenant) as tx:
        assert await tx.raw.fetchval("SELECT 1") == 1
    assert outages < 7


async def test_a_session_that_ends_inside_a_transaction_fails_as_an_outage(
    servers: Servers, alpha: Runtime, tenant: UUID
) -> None:
    with pytest.raises(Exception) as caught:
        async with alpha.db.tx(tenant) as tx:
            await tx.raw.fetchval("SELECT 1")
            await end_sessions(servers, "alpha-app")
            await tx.raw.fetchval("SELECT 1")
    assert is_connection_error(caught.value)
    assert isinstance(translate(caught.value), DatabaseDown)
    async with alpha.db.tx(tenant) as tx:
        assert await tx.raw.fetchval("SELECT 1") == 1


@pytest.mark.parametrize(
    ("error", "away", "passing"),
    [
        (asyncpg.InternalClientError("cannot switch to state 12; another operation (2) is in progress"), True, True),
        (asyncpg.AdminShutdownError("terminating connection"), True, True),
        (asyncpg.CrashShutdownError("crash of another server process"), True, True),
        (asyncpg.CannotConnectNowError("the database system is starting up"), True, True),
        (asyncpg.ConnectionDoesNotExistError("connection was closed"), True, True),
        (asyncpg.IdleInTransactionSessionTimeoutError("idle"), True, True),
        (ConnectionRefusedError(), True, True),
        (asyncpg.DeadlockDetectedError("deadlock"), False, True),
        (asyncpg.LockNotAvailableError("lock timeout"), False, True),
        (asyncpg.QueryCanceledError("statement timeout"), False, False),
        (asyncpg.UniqueViolationError("duplicate"), False, False),
        (ValueError("a bug"), False, False),
    ],
)
def test_outages_passing_troubles_and_refusals_are_told_apart(error: Exception, away: bool, passing: bool) -> None:
    assert (is_connection_error(error), is_passing(error)) == (away, passing)
