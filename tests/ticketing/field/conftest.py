"""A crew with its desk, at nine in the morning."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from tests.support.world import Standing
from tests.ticketing.field.support import NINE, Crew
from tests.ticketing.support import Register


@pytest.fixture
def clock(standing: Callable[[datetime], Standing]) -> Standing:
    return standing(NINE)


@pytest.fixture
async def crew(clock: Standing, register: Register) -> Crew:
    return await Crew.ready(register)
