"""A door to sign in at, and phones that no other test uses."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable

import pytest

from tests.support.world import World
from tests.ticketing.sessions.support import Door, Phones, bearer
from tests.ticketing.support import Register

_numbers = itertools.count(1)
SignIn = Callable[..., Awaitable[dict[str, str]]]


@pytest.fixture
def door(world: World) -> Door:
    """Sign-in, with phones that show what they receive."""
    return Door(world, Phones())


@pytest.fixture
def new_phone() -> Callable[[], str]:
    """A phone number of one's own: limits last longer than a test, and the database is the whole run's."""
    return lambda: f"1350000{next(_numbers):04d}"


@pytest.fixture
def signed_in(register: Register, door: Door) -> SignIn:
    """Headers of whoever signs in by this phone in the app of the test's organisation."""

    async def sign_in(phone: str) -> dict[str, str]:
        await door.work(register.org)
        address = f"198.51.200.{next(_numbers) % 250 + 1}"
        asked = await door.ask(phone, address=address, organisation_id=str(register.org))
        assert asked.status_code == 202, asked.text
        code = door.phones.last(phone)
        answer = await door.by_code(phone, code, address=address, organisation_id=str(register.org))
        assert answer.status_code == 200, answer.text
        return bearer(answer.json())

    return sign_in
