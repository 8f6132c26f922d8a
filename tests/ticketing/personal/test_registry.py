"""Every table that can hold personal data has a holder or a stated reason (G-010, D-075): no slice can forget."""

from __future__ import annotations

import pytest

from services.ticketing.models import metadata
from services.ticketing.personal.openings import DOORS
from services.ticketing.personal.registry import HOLDERS, NOT_HELD, OF_EMPLOYEES
from tests.support.personal import Registry

REGISTRY = Registry(metadata, HOLDERS, NOT_HELD)


@pytest.mark.parametrize("table", REGISTRY.tables)
def test_g010_a_table_that_can_name_a_person_has_a_holder_or_a_reason(table: str) -> None:
    assert not REGISTRY.open_columns(table), (
        "declare a HOLDER in the slice's personal.py and add it to services/ticketing/personal/registry.py, or say "
        "there why it holds nothing of a person's"
    )


def test_the_registry_says_nothing_wrong() -> None:
    assert not REGISTRY.strange()


def test_the_register_itself_goes_last() -> None:
    assert HOLDERS[-1].code == "register"
    assert set(OF_EMPLOYEES) <= set(HOLDERS)


def test_doors_are_found_by_the_index_of_openings() -> None:
    assert all(action.endswith("opened") for action in DOORS)
