"""notify's migrations: they make what the models say, and can be walked up and down."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import asyncpg
import pytest
from alembic import command
from alembic.script import ScriptDirectory

from shared.db import migrations
from shared.db.provision import provision, role_url
from tests.support.servers import SEED, Servers, in_thread, with_database

NAME = "notify_stairway"


@pytest.fixture
def owner_url(servers: Servers) -> Iterator[str]:
    """The owner's URL of an empty database of one's own."""

    async def make() -> None:
        connection = await asyncpg.connect(servers.admin_url)
        await connection.execute(f"DROP DATABASE IF EXISTS {NAME}")
        await connection.execute(f"CREATE DATABASE {NAME}")
        await connection.close()
        await provision(with_database(servers.admin_url, NAME), ["notify"], SEED)

    in_thread(asyncio.run, make())
    yield role_url(with_database(servers.admin_url, NAME), "notify", "owner", SEED)


def test_the_models_are_what_the_migrations_make(owner_url: str) -> None:
    in_thread(migrations.migrate, "notify", owner_url)
    in_thread(migrations._with_connection, "notify", owner_url, command.check)


def test_each_step_goes_up_and_down_and_up_again(owner_url: str) -> None:
    script = ScriptDirectory.from_config(migrations.config_for("notify"))
    for revision in reversed([r.revision for r in script.walk_revisions()]):
        in_thread(migrations.migrate, "notify", owner_url, revision)
        in_thread(migrations.downgrade, "notify", owner_url, "-1")
        in_thread(migrations.migrate, "notify", owner_url, revision)
