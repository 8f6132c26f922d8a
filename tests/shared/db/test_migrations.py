"""Migrations of every service: down and up again, no drift from the tables, and a stale schema is refused."""

from __future__ import annotations

import asyncio
import re
from uuid import uuid4

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from shared.db.migrations import config_for, downgrade, migrate, service_tables
from shared.db.provision import provision, role_url
from shared.db.versions import StaleSchema, check_schema, head_revision
from shared.settings import asyncpg_url
from tests.support.servers import SEED, Servers, available, with_database

SERVICES = available()


async def fresh(servers: Servers, service: str) -> str:
    admin = await asyncpg.connect(servers.admin_url)
    name = f"mig_{uuid4().hex[:12]}"
    await admin.execute(f"CREATE DATABASE {name}")
    await admin.close()
    url = with_database(servers.admin_url, name)
    await provision(url, [service], SEED)
    return role_url(url, service, "owner", SEED)


@pytest.mark.parametrize("service", SERVICES)
async def test_up_down_up_leaves_the_tables_as_declared(servers: Servers, service: str) -> None:
    owner = await fresh(servers, service)
    await asyncio.to_thread(migrate, service, owner)
    await asyncio.to_thread(downgrade, service, owner, "base")
    await asyncio.to_thread(migrate, service, owner)
    await asyncio.to_thread(migrate, service, owner)  # again is nothing
    metadata = service_tables(service)

    def drift(connection: Connection) -> list[object]:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_schemas": True,
                "version_table_schema": service,
                "include_name": lambda name, kind, parents: (
                    name == service
                    if kind == "schema"
                    else kind != "table" or name in {t.name for t in metadata.sorted_tables}
                ),
            },
        )
        return compare_metadata(context, metadata)

    engine = create_async_engine(asyncpg_url(owner))
    async with engine.connect() as connection:
        assert await connection.run_sync(drift) == []
    await engine.dispose()


@pytest.mark.parametrize("service", SERVICES)
async def test_a_process_refuses_a_stale_schema_with_what_to_do(servers: Servers, service: str) -> None:
    owner = await fresh(servers, service)
    raw = await asyncpg.connect(owner)
    with pytest.raises(StaleSchema, match="steward migrate"):
        await check_schema(service, raw)
    await asyncio.to_thread(migrate, service, owner)
    await check_schema(service, raw)
    await raw.execute(f"UPDATE {service}.schema_version SET version_num = '0000'")
    with pytest.raises(StaleSchema, match="0000"):
        await check_schema(service, raw)
    await raw.close()


@pytest.mark.parametrize("service", SERVICES)
async def test_logs_have_partitions_ahead_and_a_default(servers: Servers, service: str) -> None:
    admin = await asyncpg.connect(servers.admin_url)
    for table in service_tables(service).sorted_tables:
        if table.info.get("log"):
            found = await admin.fetchval(
                "SELECT count(*) FROM pg_inherits WHERE inhparent = $1::regclass", f"{service}.{table.name}"
            )
            assert found >= 4, table.name
    await admin.close()


@pytest.mark.parametrize("service", SERVICES)
def test_the_version_that_a_process_needs_is_the_end_of_the_chain(service: str) -> None:
    """Processes read it from the names of the files, without alembic."""
    assert ScriptDirectory.from_config(config_for(service)).get_heads() == [head_revision(service)]


@pytest.mark.parametrize("service", SERVICES)
async def test_a_row_is_found_by_its_key_also_in_a_table_that_nobody_has_counted_yet(
    servers: Servers, service: str
) -> None:
    """A plan made beside an empty table is kept while it fills, so the first plan must be the right one."""
    owner = await fresh(servers, service)
    await asyncio.to_thread(migrate, service, owner)
    raw = await asyncpg.connect(with_database(servers.admin_url, owner.rsplit("/", 1)[1]))
    await raw.execute("SET plan_cache_mode = force_generic_plan; SET enable_partition_pruning = off")
    read_through = {}
    for table in service_tables(service).sorted_tables:
        key = [column.name for column in table.primary_key]
        if "org_id" not in key or len(key) == 1:
            continue
        asked = " AND ".join(f'"{name}" = ${n}' for n, name in enumerate(key, 1))
        await raw.execute(f"PREPARE by_key_of_{table.name} AS SELECT * FROM {table.fullname} WHERE {asked}")
        values = ", ".join("NULL" for _ in key)
        plan = await raw.fetch(f"EXPLAIN EXECUTE by_key_of_{table.name} ({values})")
        lines = [row[0].strip() for row in plan]
        used = [line for line in lines if line.startswith("Index Cond")]
        # The last column is what tells rows apart; an index without it reads all that share the others.
        if not used or not all(re.search(rf"\b{key[-1]}\b", line) for line in used):
            read_through[table.name] = lines
    assert read_through == {}
    await raw.close()
