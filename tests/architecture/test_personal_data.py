"""Every table that can hold personal data has a holder or a stated reason (G-010, D-075): no slice of any service can
forget. ``docs/howto/hold-personal-data.md`` says how to answer for one."""

from __future__ import annotations

from importlib import import_module

import pytest

from shared.settings import SERVICES
from tests.support.personal import Registry


def registry(service: str) -> Registry:
    said = import_module(f"services.{service}.personal.registry")
    return Registry(import_module(f"services.{service}.models").metadata, said.HOLDERS, said.NOT_HELD)


@pytest.mark.parametrize("service", SERVICES)
def test_g010_a_table_that_can_name_a_person_has_a_holder_or_a_reason(service: str) -> None:
    found = registry(service)
    open_ones = {table: columns for table in found.tables if (columns := found.open_columns(table))}
    assert not open_ones, (
        f"{service}: put these tables into a holder of services/{service}/personal/registry.py, or say there in "
        "NOT_HELD why they hold nothing of a person's (docs/howto/hold-personal-data.md)"
    )


@pytest.mark.parametrize("service", SERVICES)
def test_what_a_registry_says_is_true_and_explained_in_both_languages(service: str) -> None:
    assert not registry(service).strange()
