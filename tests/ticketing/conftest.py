"""An organisation made as an installation makes it, and a small community in it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.ticketing.orgs.service import create_in
from tests.support.servers import Servers
from tests.support.world import World
from tests.ticketing.cases import Desk
from tests.ticketing.support import Register


@pytest.fixture(scope="session")
async def world(servers: Servers) -> AsyncIterator[World]:
    """Ticketing alone: it owns the register and hears nobody, so it works without the others."""
    world = World()
    await world.start(servers, ["ticketing"])
    yield world
    await world.close()


@pytest.fixture
async def org(world: World) -> UUID:
    """A fresh organisation with its root org unit."""
    return await new_org(world)


async def new_org(world: World) -> UUID:
    """Make an organisation in every service, with its root in the register."""
    org = await world.new_org()
    async with world.runtime("ticketing").db.tx(org) as tx:
        await create_in(tx, "测试物业")
    return org


@pytest.fixture
def other_org(world: World) -> Callable[[], Awaitable[UUID]]:
    """Makes a second organisation."""

    async def make() -> UUID:
        return await new_org(world)

    return make


@pytest.fixture
def register(world: World, api: httpx.AsyncClient, org: UUID) -> Register:
    """Imports and reads the register of the test's organisation."""
    return Register(world, api, org)


@pytest.fixture
async def community(register: Register) -> Any:
    """翠溪花园 with one building and four dwellings, owners in the first three."""
    return await register.community("CX")


@pytest.fixture
async def desk(register: Register, community: Any) -> Desk:
    """A service desk in 翠溪花园."""
    return Desk(register, community)
