"""Notices of statutory holidays: those the package knows, and those imported later."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from shared.holidays import china, parse_notice, published, standard, statutory

GOOD: dict[str, Any] = {"year": 2027, "days": [
    {"name": "元旦", "date": "2027-01-01", "isOffDay": True},
    {"name": "春节", "date": "2027-02-20", "isOffDay": False},
    {"name": "国庆节、中秋节", "date": "2027-10-01", "isOffDay": True},
]}


def test_the_years_announced_are_known_and_others_left_out() -> None:
    assert {2004, 2025, 2026} <= published() and 2003 not in published() and 2050 not in published()
    assert [n.year for n in statutory([2050, 2026, 2025])] == [2025, 2026]
    assert {n.year for n in statutory()} == published()


def test_a_notice_knows_names_in_both_languages() -> None:
    (notice,) = statutory([2025])
    festival, made_up = notice.days[date(2025, 1, 29)], notice.days[date(2025, 1, 26)]
    assert (festival.off, festival.zh, festival.en) == (True, "春节", "Spring Festival")
    assert not made_up.off


@pytest.mark.parametrize("source", [GOOD, json.dumps(GOOD), json.dumps(GOOD, ensure_ascii=False).encode()])
def test_a_notice_is_read_from_an_object_text_or_bytes(source: Any) -> None:
    notice = parse_notice(source)
    assert notice.year == 2027 and {d.isoformat(): s.off for d, s in notice.days.items()} == {
        "2027-01-01": True, "2027-02-20": False, "2027-10-01": True}
    assert notice.days[date(2027, 10, 1)].en == "Mid-Autumn Festival and National Day"


def test_an_imported_notice_settles_its_year_and_corrects_a_known_one() -> None:
    with_2027 = china(notices=[parse_notice(GOOD)])
    assert not with_2027.is_provisional(date(2027, 5, 1)) and with_2027.is_working_day(date(2027, 2, 20))
    assert with_2027.version == standard().with_notice(parse_notice(GOOD)).version
    corrected = china(notices=[parse_notice({"year": 2025, "days": []})])
    assert corrected.is_working_day(date(2025, 1, 29)) and not corrected.is_working_day(date(2026, 10, 1))


def _bad(**change: Any) -> dict[str, Any]:
    return {"year": 2027, "days": [{"name": "元旦", "date": "2027-01-01", "isOffDay": True} | change]}


@pytest.mark.parametrize(("source", "says"), [
    ("{", "not JSON"), ("[]", "year and days"), ({"year": 2027}, "year and days"), ({"days": []}, "year: None"),
    ({"year": "2027", "days": []}, "year: '2027'"), ({"year": True, "days": []}, "year: True"),
    ({"year": 2027, "days": [3]}, "days.0: an object"), (_bad(name=" "), "days.0.name"),
    (_bad(isOffDay="yes"), "days.0.isOffDay"), (_bad(isOffDay=1), "days.0.isOffDay"), (_bad(date=None), "days.0.date"),
    (_bad(date="2027-02-30"), "days.0.date"), (_bad(date="2025-01-01"), "does not belong"),
    ({"year": 2027, "days": [*_bad()["days"], *_bad(isOffDay=False)["days"]]}, "days.1: 2027-01-01 stands twice"),
])
def test_a_notice_that_cannot_be_read_names_the_entry(source: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        parse_notice(source)


def test_a_notice_may_begin_in_the_december_before() -> None:
    assert date(2026, 12, 31) in parse_notice(_bad(date="2026-12-31")).days
