"""Migrations: one alembic environment per service, in its own schema, with its own version table.

``make migration SERVICE=ticketing MESSAGE="add warehouse"`` writes the next one (see ``shared.db.revise``); read it
before committing. ``env.py`` of a service is three lines that call :func:`run_env`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import asyncpg
from alembic import command, context
from alembic.config import Config
from sqlalchemy import Connection, MetaData, pool, text
from sqlalchemy.ext.asyncio import create_async_engine

from shared import clock
from shared.db.ddl import partition_statements
from shared.db.versions import MONTHS_AHEAD, ROOT
from shared.settings import asyncpg_url

#: Of how many organisations and communities the planner is to think that a table holds rows; see :func:`_expect_large`.
PLANNED = 5
#: The first PostgreSQL that can be told what a column holds.
_TAKES_STATISTICS = 18


def config_for(service: str) -> Config:
    """Alembic's configuration of a service, made in code; there is no ini file."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "services" / service / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def autogenerate(service: str, owner_url: str, message: str, number: str) -> Path:
    """Write the next revision of a service from the difference between its tables and the migrated database."""
    made: list[Path] = []

    def act(config: Config) -> None:
        script = command.revision(config, message=message, autogenerate=True, rev_id=number)
        if not isinstance(script, list) and script is not None:
            made.append(Path(script.path))

    _with_connection(service, owner_url, act)
    return made[0]


def service_tables(service: str) -> MetaData:
    """The metadata a service declares."""
    metadata: MetaData = import_module(f"services.{service}.models").metadata
    return metadata


def run_env(metadata: MetaData) -> None:
    """The body of every ``env.py``."""
    schema = str(metadata.schema)

    def include_name(name: str | None, kind: str, parents: Any) -> bool:
        if kind == "schema":
            return name == schema
        if kind == "table":
            # partitions are made by functions, not declared
            return name in {t.name for t in metadata.sorted_tables}
        return True

    connection = context.config.attributes.get("connection")
    if connection is None:
        raise RuntimeError("migrations run through `steward migrate` or shared.db.migrations")
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_schemas=True,
        include_name=include_name,
        version_table="schema_version",
        version_table_schema=schema,
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def migrate(service: str, owner_url: str, revision: str = "head") -> None:
    """Bring a service's schema to ``revision`` as its owner, and make the partitions of the coming months.

    A lock timeout keeps a migration from queueing all writers behind it; an advisory lock keeps two apart.
    """
    _with_connection(service, owner_url, lambda config: command.upgrade(config, revision))
    if revision == "head":
        asyncio.run(_finish(service, owner_url))


def downgrade(service: str, owner_url: str, revision: str) -> None:
    """Take migrations back, for tests of the stairway."""
    _with_connection(service, owner_url, lambda config: command.downgrade(config, revision))


def _with_connection(service: str, url: str, act: Callable[[Config], object]) -> None:
    def inside(connection: Connection) -> None:
        config = config_for(service)
        config.attributes["connection"] = connection
        act(config)

    async def run() -> None:
        engine = create_async_engine(asyncpg_url(url), poolclass=pool.NullPool)
        try:
            async with engine.connect() as connection:
                await connection.execute(text("SET lock_timeout = '10s'"))
                await connection.execute(text(f"SELECT pg_advisory_lock(hashtext('steward.migrate.{service}'))"))
                await connection.commit()
                await connection.run_sync(inside)
                await connection.commit()
        finally:
            await engine.dispose()

    asyncio.run(run())


async def _finish(service: str, url: str) -> None:
    """What stands beside the tables and is not of one revision: partitions, and what the planner is told."""
    connection = await asyncpg.connect(url, timeout=15)
    try:
        await connection.execute("SET lock_timeout = '10s'")
        await _partitions(service, connection)
        await _expect_large(service, connection)
        await _expect_at_once(service, connection)
    finally:
        await connection.close()


async def _partitions(service: str, connection: asyncpg.Connection) -> None:
    for table in service_tables(service).sorted_tables:
        if table.info.get("log"):
            for arguments in partition_statements(table, clock.wall(), MONTHS_AHEAD):
                await connection.execute(f"SELECT {service}.make_partition($1, $2, $3, $4)", *arguments)


async def _expect_large(service: str, connection: asyncpg.Connection) -> None:
    """Have plans made for a large organisation, not for the usual one.

    A prepared statement soon gets one plan for all organisations, made for the rows that the usual one has. Beside a
    thousand small ones that plan reads every case of a large one and sorts it, for a page of fifty. Told that a table
    holds few organisations, the planner takes the index that has the page in its order, which serves the small as well.
    Communities are told alike: whoever is joined by its community would otherwise have as few rows as the usual one.
    """
    unsaid = await connection.fetch(
        "SELECT attrelid::regclass::text AS name, attname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid "
        "WHERE c.relnamespace = $1::regnamespace AND c.relkind = 'r' AND NOT c.relispartition "
        "AND attname IN ('org_id', 'community_id') AND NOT attisdropped AND attoptions IS NULL ORDER BY 1, 2",
        service,
    )
    for row in unsaid:
        await connection.execute(
            f"ALTER TABLE {row['name']} ALTER COLUMN {row['attname']} SET (n_distinct = {PLANNED})"
        )


async def _expect_at_once(service: str, connection: asyncpg.Connection) -> None:
    """Have plans made so for tables, too, that nobody has counted yet.

    What :func:`_expect_large` says counts from the first ANALYZE on. Until then every index that begins with the
    organisation looks as good as the key, and a process that starts beside an empty table keeps such a plan while it
    fills: each payment then read all payments. Each column of a key but its last is told alike, or the next one decides
    by lot again. A database older than 18 takes no statistics from us and waits for its own.
    """
    if connection.get_server_version().major < _TAKES_STATISTICS:
        return
    await connection.execute(
        "SELECT pg_restore_attribute_stats('schemaname', $1::text, 'relname', c.relname::text, 'attname', "
        "a.attname::text, 'inherited', c.relkind = 'p', 'null_frac', 0::real, 'avg_width', 16, 'n_distinct', $2::real) "
        "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped "
        "JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary "
        "WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('r', 'p') AND c.reltuples <= 0 "
        "AND (a.attname = 'community_id' OR a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 2]))",
        service,
        PLANNED,
    )
