"""The embedded servers, each alone: made whole or not at all, and back after any death."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import asyncpg
import pytest
import redis

from deploy.local.failures import AlreadyRunning, FolderBroken
from deploy.local.postgres import EmbeddedPostgres
from deploy.local.process import wait_until
from deploy.local.redis import EmbeddedRedis


def ask(url: str, *statements: str) -> object:
    """Run statements, each in its own transaction; the last one's value."""

    async def run() -> object:
        connection = await asyncpg.connect(url, timeout=10)
        try:
            for statement in statements[:-1]:
                await connection.execute(statement)
            return await connection.fetchval(statements[-1])
        finally:
            await connection.close()

    return asyncio.run(run())


def test_postgres_is_eighteen_durable_and_wants_a_password(folder: Path) -> None:
    server = EmbeddedPostgres(folder / "pg")
    url = server.start()
    try:
        assert str(ask(url, "SHOW server_version")).startswith("18.")
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            assert ask(url, f"SHOW {name}") == "on"
        assert ask(url, "SHOW listen_addresses") == "127.0.0.1"
        with pytest.raises(asyncpg.InvalidPasswordError):
            ask(url.replace(server.password, "wrong"), "SELECT 1")
    finally:
        server.stop()


def test_postgres_comes_back_with_its_data_after_the_death_of_its_group(folder: Path) -> None:
    """The whole process group by SIGKILL: stale pid file, leftover backends and shared memory included."""
    server = EmbeddedPostgres(folder / "pg")
    url = server.start()
    try:
        ask(url, "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (7) RETURNING n")
        assert server.process is not None
        os.killpg(server.process.pid, signal.SIGKILL)
        server.process.wait()
        assert (server.cluster / "postmaster.pid").exists()
        server.launch()
        assert wait_until(server.ready, 30)
        assert server.url == url
        assert ask(url, "SELECT n FROM kept") == 7
    finally:
        server.stop()


def test_postgres_serves_a_folder_once(folder: Path) -> None:
    server = EmbeddedPostgres(folder / "pg", durable=False)
    url = server.start()
    try:
        with pytest.raises(AlreadyRunning):
            EmbeddedPostgres(folder / "pg", durable=False).start()
        assert ask(url, "SELECT 1") == 1
    finally:
        server.stop()


def test_a_half_made_cluster_is_cleared_away_and_made_again(folder: Path) -> None:
    left = folder / "pg" / "cluster.new-4711"
    (left / "base").mkdir(parents=True)
    (left / "PG_VERSION").write_text("18\n")
    server = EmbeddedPostgres(folder / "pg", durable=False)
    try:
        assert ask(server.start(), "SELECT current_database()") == "steward"
        assert not left.exists()
    finally:
        server.stop()


def test_a_cluster_of_another_version_is_left_alone(folder: Path) -> None:
    cluster = folder / "pg" / "cluster"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("15\n")
    server = EmbeddedPostgres(folder / "pg")
    with pytest.raises(FolderBroken, match="15"):
        server.start()
    server.stop()
    assert [entry.name for entry in cluster.iterdir()] == ["PG_VERSION"]


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user's Postgres runs under his own id")
def test_started_by_root_the_database_runs_as_somebody_else_even_in_a_private_home(folder: Path) -> None:
    home = folder / "home"
    home.mkdir(mode=0o700)
    server = EmbeddedPostgres(home / "pg", durable=False)
    url = server.start()
    try:
        assert server.process is not None
        status = Path(f"/proc/{server.process.pid}/status").read_text()
        assert "\nUid:\t0" not in status
        assert ask(url, "SELECT 1") == 1
    finally:
        server.stop()


def test_redis_wants_its_password_and_keeps_nothing(folder: Path) -> None:
    server = EmbeddedRedis(folder / "redis")
    url = server.start()
    try:
        client = redis.Redis.from_url(url)
        client.set("bell", "rung")
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(port=server.port).ping()
        assert server.process is not None
        server.process.kill()
        server.process.wait()
        server.launch()
        assert wait_until(server.ready, 10)
        assert server.url == url
        assert redis.Redis.from_url(url).get("bell") is None
    finally:
        server.stop()
    assert not list(folder.rglob("*.rdb"))
