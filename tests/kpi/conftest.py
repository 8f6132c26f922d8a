"""kpi alone: its tests feed it events as its peers would, so it is seen to score while they are away."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support.servers import Servers
from tests.support.world import World


@pytest.fixture(scope="session")
async def world(servers: Servers) -> AsyncIterator[World]:
    """Only kpi runs."""
    world = World()
    await world.start(servers, ["kpi"])
    yield world
    await world.close()
