"""Billing's own fixtures: a community it has heard of, on a clock that stands on 1 April 2025, 10:00 local."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import httpx
import pytest

from tests.billing.village import Village
from tests.support.world import Standing, World


@pytest.fixture
def now(standing: Callable[[datetime], Standing]) -> Standing:
    """1 April 2025, 10:00 in Shanghai, unless the test moves it."""
    return standing(datetime(2025, 4, 1, 2, tzinfo=UTC))


@pytest.fixture
async def village(world: World, org: UUID, api: httpx.AsyncClient, now: Standing) -> Village:
    """Two units of 100.00 and 93.50 square metres, sold in 2024."""
    return await Village(world, org, api).build(["100.00", "93.50"])
