"""Each database role, connected as itself, asks for another organisation's rows in every table of every service."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg
import pytest

from shared.db.ddl import SWEEP_COLUMNS
from shared.db.migrations import service_tables
from shared.db.provision import role_url
from shared.db.tables import GLOBAL_TABLES
from tests.support.servers import SEED, Servers, available

SERVICES = available()
TABLES = [
    (service, table.name)
    for service in SERVICES
    for table in service_tables(service).sorted_tables
    if table.name not in GLOBAL_TABLES
]


async def as_role(servers: Servers, service: str, role: str) -> asyncpg.Connection:
    return await asyncpg.connect(role_url(servers.admin_url, service, role, SEED))


@pytest.mark.parametrize("service", SERVICES)
async def test_every_tenant_table_is_guarded_and_forced(servers: Servers, service: str) -> None:
    connection = await asyncpg.connect(servers.admin_url)
    rows = await connection.fetch(
        "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AS guarded, "
        "EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'org_id') AS tenant "
        "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND NOT c.relispartition",
        service,
    )
    await connection.close()
    assert {r["relname"] for r in rows if not r["tenant"]} <= GLOBAL_TABLES
    assert [r["relname"] for r in rows if r["tenant"] and not r["guarded"]] == []
    assert {r["relname"] for r in rows} == {t.name for t in service_tables(service).sorted_tables} | {"schema_version"}


@pytest.mark.parametrize("service", SERVICES)
async def test_every_key_begins_with_the_organisation(service: str) -> None:
    for table in service_tables(service).sorted_tables:
        if table.name in GLOBAL_TABLES:
            continue
        assert next(iter(table.primary_key.columns)).name == "org_id", table.name
        for constraint in (*table.foreign_key_constraints, *(c for c in table.constraints if hasattr(c, "columns"))):
            columns = [c.name for c in constraint.columns]
            if columns and type(constraint).__name__ in ("ForeignKeyConstraint", "UniqueConstraint"):
                assert columns[0] == "org_id", f"{table.name}: {constraint.name}"
        for index in table.indexes:
            if index.unique:
                assert next(iter(index.columns)).name == "org_id", index.name


@pytest.mark.parametrize(("service", "table"), TABLES)
async def test_app_and_owner_see_nothing_of_another_organisation(
    servers: Servers, org: UUID, service: str, table: str
) -> None:
    """Rows of a stranger are planted by the job role; app and owner then ask for them by name."""
    stranger = UUID("01930000-0000-7000-8000-00000000beef")
    planted = await _plant(servers, service, table, stranger)
    app = await as_role(servers, service, "app")
    try:
        for named in (None, org):
            async with app.transaction():
                if named is not None:
                    await app.execute(f"SELECT {service}.set_org($1)", str(named))
                assert await app.fetchval(f"SELECT count(*) FROM {service}.{table} WHERE org_id = $1", stranger) == 0
        async with app.transaction():
            await app.execute(f"SELECT {service}.set_org($1)", str(stranger))
            assert await app.fetchval(f"SELECT count(*) FROM {service}.{table}") == (1 if planted else 0)
    finally:
        await app.close()
    # The owner reads heads for peers and the documents of search for the index, through functions bound to these uses.
    if table not in ("feed_heads", "search_documents"):
        owner = await as_role(servers, service, "owner")
        assert await owner.fetchval(f"SELECT count(*) FROM {service}.{table}") == 0
        await owner.close()


@pytest.mark.parametrize(("service", "table"), TABLES)
async def test_sweep_sees_who_has_work_and_nothing_else(servers: Servers, service: str, table: str) -> None:
    sweep = await as_role(servers, service, "sweep")
    try:
        if table in SWEEP_COLUMNS:
            await sweep.fetch(f"SELECT {SWEEP_COLUMNS[table]} FROM {service}.{table}")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await sweep.fetch(f"SELECT * FROM {service}.{table}")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await sweep.execute(f"DELETE FROM {service}.{table}")
    finally:
        await sweep.close()


@pytest.mark.parametrize("service", SERVICES)
async def test_the_app_role_can_neither_change_a_log_nor_write_for_another(
    servers: Servers, org: UUID, service: str
) -> None:
    app = await as_role(servers, service, "app")
    try:
        for table in service_tables(service).sorted_tables:
            if table.info.get("log"):
                for verb in ("UPDATE {t} SET org_id = org_id", "DELETE FROM {t}"):
                    with pytest.raises(asyncpg.InsufficientPrivilegeError):
                        await app.execute(verb.format(t=f"{service}.{table.name}"))
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with app.transaction():
                await app.execute(f"SELECT {service}.set_org($1)", str(org))
                await app.execute(
                    f"INSERT INTO {service}.counters (org_id, name, value) VALUES ($1, 'x', 1)",
                    UUID("01930000-0000-7000-8000-00000000beef"),
                )
    finally:
        await app.close()


@pytest.mark.parametrize("service", SERVICES)
async def test_a_role_cannot_reach_its_neighbours_schema(servers: Servers, service: str) -> None:
    for neighbour in SERVICES:
        if neighbour == service:
            continue
        for role in ("app", "job", "sweep", "owner"):
            connection = await as_role(servers, service, role)
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetch(f"SELECT * FROM {neighbour}.outbox")
            await connection.close()


@pytest.mark.parametrize("service", SERVICES)
async def test_the_organisation_of_a_pooled_connection_does_not_outlive_its_transaction(
    servers: Servers, org: UUID, service: str
) -> None:
    app = await as_role(servers, service, "app")
    async with app.transaction():
        await app.execute(f"SELECT {service}.set_org($1)", str(org))
        await app.execute(f"INSERT INTO {service}.counters (org_id, name, value) VALUES ($1, 'own', 1)", org)
    assert await app.fetchval(f"SELECT count(*) FROM {service}.counters") == 0
    await app.close()


_FILL: dict[str, str] = {
    "uuid": "'01930000-0000-7000-8000-000000000001'",
    "timestamp with time zone": "'2025-01-01T00:00:00Z'",
    "date": "'2025-01-01'",
    "time without time zone": "'08:00'",
    "jsonb": "'{}'",
    "bytea": "'\\x00'",
    "boolean": "false",
    "ARRAY": "'{}'",
}


#: Columns that take only what a CHECK names.
_LAWFUL: dict[tuple[str, str], str] = {("dunning_steps", "kind"): "'sms'"}


async def _plant(servers: Servers, service: str, table: str, stranger: UUID) -> bool:
    """One made-up row of the stranger's, if the table's checks and foreign keys let one be made up."""
    admin: Any = await asyncpg.connect(servers.admin_url)
    columns = await admin.fetch(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = $1 AND table_name = $2 "
        "AND is_nullable = 'NO'",
        service,
        table,
    )
    names, values = [], []
    for column in columns:
        names.append(f'"{column["column_name"]}"')
        filled = _LAWFUL.get((table, column["column_name"])) or _FILL.get(column["data_type"], "'1'")
        values.append(f"'{stranger}'" if column["column_name"] == "org_id" else filled)
    try:
        async with admin.transaction():
            await admin.execute("SET LOCAL session_replication_role = replica")  # no foreign keys for the plant
            await admin.execute(
                f"INSERT INTO {service}.{table} ({', '.join(names)}) VALUES ({', '.join(values)}) "
                "ON CONFLICT DO NOTHING"
            )
    finally:
        await admin.close()
    return True
