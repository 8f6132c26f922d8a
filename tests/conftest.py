"""Fixtures for everybody: the run's servers, the services in one process, an organisation and a clock of one's own."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from hypothesis import HealthCheck, settings

from shared import clock
from tests.support import servers as servers_module
from tests.support.servers import Servers, available
from tests.support.world import Standing, World

# A machine that other tests keep busy draws slowly; that says nothing about the strategy.
settings.register_profile("shared", suppress_health_check=[HealthCheck.too_slow], deadline=None)
if settings.get_current_profile_name() == "default":
    settings.load_profile("shared")

_FOLDER = "STEWARD_TEST_FOLDER"
_MADE = pytest.StashKey[bool]()


def pytest_configure(config: pytest.Config) -> None:
    """The controller makes the run's folder and its workers inherit it; who names a folder shares one over several
    runs and stops its servers himself."""
    if not hasattr(config, "workerinput") and _FOLDER not in os.environ:
        os.environ[_FOLDER] = tempfile.mkdtemp(prefix="steward-test-")
        config.stash[_MADE] = True


def pytest_unconfigure(config: pytest.Config) -> None:
    """The controller stops the run's servers, when all workers are done."""
    if config.stash.get(_MADE, False):
        folder = Path(os.environ.pop(_FOLDER))
        servers_module.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def run_folder() -> Path:
    """The folder all workers of this run share."""
    return Path(os.environ[_FOLDER])


@pytest.fixture(scope="session")
def servers(run_folder: Path, worker_id: str) -> Servers:
    """Real Postgres (this worker's own migrated database) and real Redis."""
    return servers_module.start(run_folder, worker_id)


@pytest.fixture(scope="session")
async def world(servers: Servers) -> AsyncIterator[World]:
    """All services that exist, in this process, over the run's servers."""
    world = World()
    await world.start(servers, available())
    yield world
    await world.close()


@pytest.fixture
async def org(world: World) -> UUID:
    """A fresh organisation."""
    return await world.new_org()


@pytest.fixture
def api(world: World) -> httpx.AsyncClient:
    """A client that reaches every service by its public path. Not kept for the session: folders have worlds of their
    own, and a client kept from one of them would not know the services of the next."""
    assert world.client is not None
    return world.client


@pytest.fixture
def standing(tmp_path: Path) -> Iterator[Callable[[datetime], Standing]]:
    """A business clock that stands: ``clock = standing(datetime(2025, 3, 7, 1, tzinfo=UTC))``."""

    def make(at: datetime) -> Standing:
        return Standing(tmp_path / "clock", at)

    yield make
    clock.use_simulated(None)
