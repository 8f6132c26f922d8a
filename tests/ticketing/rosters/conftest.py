"""A company whose east has a front desk."""

from __future__ import annotations

import pytest

from tests.ticketing.staff.support import Company
from tests.ticketing.support import Register


@pytest.fixture
async def company(register: Register) -> Company:
    """Two branches with a few people."""
    return await Company.founded(register)
