"""An exchange of the test's community, with a clerk at its first extension."""

from __future__ import annotations

import pytest

from tests.ticketing.cases import Desk
from tests.ticketing.reception.support import Exchange, connect


@pytest.fixture
async def exchange(desk: Desk) -> Exchange:
    """A connected exchange whose clerk sits at 8001."""
    exchange = Exchange(desk, await connect(desk))
    await exchange.sit()
    return exchange
