"""A door to sign in at, and numbers that no other test uses."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.world import World
from tests.ticketing.sessions.support import Door, Phones
from tests.ticketing.support import Register

_numbers = itertools.count(1)


@pytest.fixture
def door(world: World) -> Door:
    """Sign-in, with phones that show what they receive."""
    return Door(world, Phones())


@pytest.fixture
def new_phone() -> Callable[[], str]:
    """A phone number of one's own: limits last longer than a test, and the database is the whole run's."""
    return lambda: f"1390000{next(_numbers):04d}"


@pytest.fixture
def new_address() -> Callable[[], str]:
    """A network of one's own."""

    def make() -> str:
        n = next(_numbers)
        return f"198.51.{100 + n // 250}.{n % 250 + 1}"

    return make


@pytest.fixture
async def people(register: Register, door: Door, new_phone: Callable[[], str]) -> Any:
    """翠溪花园 with an owner of two units and a clerk; both phones are known."""
    await register.community("CX", dwellings=3)
    owner, clerk = new_phone(), new_phone()
    await register.stored("people", [{"external_id": "O1", "name": "王芳", "phone": owner}])
    await register.stored(
        "relations",
        [
            {"external_id": f"O1-{n}", "person": "O1", "unit": f"CX-1-{n}", "role": "owner", "since": "2020-01-01"}
            for n in (1, 2)
        ],
    )
    await register.stored(
        "staff",
        [
            {
                "external_id": "S1",
                "name": "陈文",
                "phone": clerk,
                "email": f"{clerk}@example.com",
                "roles": ["clerk"],
                "units": [str(register.org)],
            }
        ],
    )
    await door.work(register.org)
    return {"owner": owner, "clerk": clerk}
