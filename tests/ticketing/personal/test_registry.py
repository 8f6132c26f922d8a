"""Every table that can hold personal data has a holder or a stated reason (G-010, D-075): no slice can forget."""

from __future__ import annotations

import re

import pytest

from services.ticketing.models import metadata
from services.ticketing.personal.holder import Holder
from services.ticketing.personal.openings import DOORS
from services.ticketing.personal.registry import HOLDERS, NOT_HELD

#: Columns that name a person, hold something about one, or may: whatever is free in form counts.
PERSONAL = re.compile(
    r"((^|_)(person|reporter|signer|caller|actor|assignee|handler|subject|borrower|witness|owner)_id$)|(_by$)|(^by_)"
    r"|phone|mobile|email|contact|id_card|plate|^(name|personal|fields|envelope|payload|body|before|after|caller)$"
    r"|signature|sealed|involved|holder"
)
#: Names of things of the organisation, which everybody sees.
THINGS = {(table, "name") for table in ("org_units", "communities", "buildings", "organisations")}


def personal_columns(table: str) -> list[str]:
    return [c.name for c in metadata.tables[f"ticketing.{table}"].columns if PERSONAL.search(c.name)]


TABLES = sorted(t.name for t in metadata.tables.values())
HELD = frozenset(table for holder in HOLDERS for table in holder.tables)


@pytest.mark.parametrize("table", TABLES)
def test_g010_a_table_that_can_name_a_person_has_a_holder_or_a_reason(table: str) -> None:
    found = [name for name in personal_columns(table) if (table, name) not in THINGS]
    if found:
        assert table in HELD or table in NOT_HELD, (
            f"{table} ({', '.join(found)}): declare a HOLDER in the slice's personal.py and add it to "
            "services/ticketing/personal/registry.py, or say there why it holds nothing of a person's"
        )


def test_the_registry_names_tables_that_there_are_and_none_twice() -> None:
    assert HELD | NOT_HELD.keys() <= set(TABLES)
    assert not HELD & NOT_HELD.keys()
    assert sum(len(holder.tables) for holder in HOLDERS) == len(HELD)
    assert all(len(reason) > 20 for reason in NOT_HELD.values())


@pytest.mark.parametrize("holder", HOLDERS, ids=lambda holder: holder.code)
def test_what_a_holder_keeps_it_explains_in_both_languages(holder: Holder) -> None:
    assert bool(holder.kept_zh) == bool(holder.kept_en)
    assert holder.forget is not None or holder.kept_en, "what is never forgotten wants a reason"


def test_the_register_itself_goes_last() -> None:
    assert HOLDERS[-1].code == "register"


def test_doors_are_found_by_the_index_of_openings() -> None:
    assert all(action.endswith("opened") for action in DOORS)
