"""A desk with every pack switched on."""

from __future__ import annotations

import pytest

from services.ticketing.domain.packs import PACKS
from tests.ticketing.cases import Desk


@pytest.fixture
async def everything(desk: Desk) -> Desk:
    """The desk of a company that does all there is."""
    for pack in PACKS:
        if pack != "property":
            answer = await desk.register.post(f"/packs/{pack}", {"on": True})
            assert answer.status_code == 200, answer.text
    return desk
