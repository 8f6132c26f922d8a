"""The order of erasure in the register, and its doors; tests/architecture walks the tables of all services."""

from __future__ import annotations

from services.ticketing.personal.openings import DOORS
from services.ticketing.personal.registry import HOLDERS, OF_EMPLOYEES


def test_the_register_itself_goes_last() -> None:
    assert HOLDERS[-1].code == "register"
    assert set(OF_EMPLOYEES) <= set(HOLDERS)


def test_doors_are_found_by_the_index_of_openings() -> None:
    assert all(action.endswith("opened") for action in DOORS)
