"""C-073: an owner file holds name, contact, house and service history; what is blank is missing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.ticketing.domain.archives import check_fits_month, file_state, missing_fields

FULL: dict[str, Any] = {"name": "张伟", "contact": "138", "house": {"area": "93.50"}, "service_history": ["R1"]}


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({}, ()),
        ({"extra": None}, ()),
        ({"name": None}, ("name",)),
        ({"name": "  "}, ("name",)),
        ({"contact": {"phone": "", "email": None}}, ("contact",)),
        ({"contact": {"phone": "", "email": "z@example.com"}}, ()),
        ({"house": []}, ("house",)),
        ({"house": [""]}, ("house",)),
        ({"service_history": []}, ()),
        ({"service_history": None}, ("service_history",)),
        ({"service_history": ""}, ("service_history",)),
        ({"name": False, "house": {}}, ("name", "house")),
        ({"name": 0}, ()),
    ],
)
def test_c073_missing_fields(change: dict[str, Any], missing: tuple[str, ...]) -> None:
    # G-003
    assert missing_fields({**FULL, **change}) == missing
    assert file_state(missing) == ("open" if missing else "complete")


def test_c073_an_empty_file_misses_everything_and_a_company_may_want_more() -> None:
    assert missing_fields({}) == ("name", "contact", "house", "service_history")
    assert missing_fields(FULL, (*FULL, "family")) == ("family",)


def test_c077_a_check_is_made_in_its_month_or_later() -> None:
    assert check_fits_month(date(2025, 3, 1), date(2025, 3, 1))
    assert check_fits_month(date(2025, 3, 1), date(2025, 4, 2))
    assert not check_fits_month(date(2025, 3, 1), date(2025, 2, 28))
