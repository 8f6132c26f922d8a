"""Every table of notify that can hold personal data has a holder or a stated reason (G-010, D-075)."""

from __future__ import annotations

import pytest

from services.notify.models import metadata
from services.notify.personal.registry import HOLDERS, NOT_HELD
from tests.support.personal import Registry

REGISTRY = Registry(metadata, HOLDERS, NOT_HELD)


@pytest.mark.parametrize("table", REGISTRY.tables)
def test_g010_a_table_that_can_name_a_person_has_a_holder_or_a_reason(table: str) -> None:
    assert not REGISTRY.open_columns(table), "answer for it in services/notify/personal/registry.py"


def test_the_registry_says_nothing_wrong() -> None:
    assert not REGISTRY.strange()
