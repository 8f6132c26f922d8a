"""Servers of one's own, named by the two URLs of the environment, are used instead of the embedded ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.local.folder import DataFolder
from deploy.local.ports import free_port
from deploy.local.postgres import EmbeddedPostgres
from deploy.local.redis import EmbeddedRedis
from tests.system.conftest import steward

pytestmark = pytest.mark.full


def test_named_servers_are_used_migrated_and_left_running(folder: Path) -> None:
    postgres, redis = EmbeddedPostgres(folder / "pg"), EmbeddedRedis(folder / "redis")
    env = {"STEWARD_DATABASE_URL": postgres.start(), "STEWARD_REDIS_URL": redis.start()}
    data = folder / "data"
    try:
        done = steward("up", "--detach", "--data", data, "--port", free_port(), **env)
        assert done.returncode == 0, done.stderr
        state = DataFolder(data).running()
        assert state["embedded"] == {"postgres": False, "redis": False}
        assert {"postgres", "redis"}.isdisjoint(state["pids"])
        assert steward("doctor", "--data", data).returncode == 0
        # Twice is the same as once.
        assert steward("migrate", "--data", data, **env).returncode == 0
        assert steward("down", "--data", data).returncode == 0
        assert postgres.ready() and redis.ready()
    finally:
        redis.stop()
        postgres.stop()
