"""What letters want on a day, so often in a period, or as often as the parties agree (clocks B.4)."""

from __future__ import annotations

import pytest

from tests.kpi.domain.test_deadlines import asked

#: Row, what it runs from, its last day, a day on which it was done in time, one on which it was not.
DAYS = [
    ("B-077", "2025-02", "2025-02-01", "2025-02-01", "2025-02-02"),
    ("B-078", "2025-02", "2025-02-27", "2025-02-27", "2025-02-28"),
    ("B-079", "2025-01", "2025-01-02", "2025-01-02", "2025-01-03"),
    ("B-080", "2024-Q4", "2025-01-03", "2025-01-03", "2025-01-04"),
    ("B-081", "2024-02", "2024-02-29", "2024-02-29", "2024-03-01"),
    ("B-082", "2025-10", "2025-10-05", "2025-10-05", "2025-10-06"),  # in the holiday all the same
    ("B-083", "2025-10-08", "2025-10-06", "2025-10-06", "2025-10-07"),
    ("B-085", "2025", "2025-12-31", "2025-12-31", "2026-01-01"),
    ("B-086", "2025", "2025-12-31", "2025-01-01", "2024-12-31"),
    ("B-087", "2025-03-31", "2025-03-30", "2025-03-24", "2025-03-23"),
    ("B-089", "2025-02", "2025-02-28", "2025-02-28", "2025-03-01"),
    ("B-090", "2025-Q1", "2025-03-31", "2025-03-31", "2025-04-01"),
    ("B-092", "2025-H2", "2025-12-31", "2025-07-01", "2025-06-30"),
    ("B-093", "2025-Q2", "2025-06-30", "2025-04-01", "2025-03-31"),
    ("B-095", "2025", "2025-12-31", "2025-12-31", "2026-01-01"),
    ("B-096", "2025-04", "2025-04-30", "2025-04-30", "2025-05-01"),
    ("B-097", "2025-Q3", "2025-09-30", "2025-09-30", "2025-10-01"),
    ("B-098", "2025-Q3", "2025-09-30", "2025-07-01", "2025-10-01"),
    ("B-106", "2025", "2025-12-31", "2025-12-31", "2026-01-01"),
    ("B-107", "2025-02", "2025-02-28", "2025-02-28", "2025-03-01"),
    ("B-109", "2018-06-01", "2018-12-31", "2018-01-01", "2017-12-31"),
    ("B-110", "2024-02-29", "2025-02-27", "2025-02-27", "2025-02-28"),
    ("B-111", "2018-06-01", "2018-12-31", "2018-12-31", "2019-01-01"),
    ("B-112", "2025", "2025-12-31", "2025-12-31", "2026-01-01"),
]
AGREED = ["B-084", "B-088", "B-094", *(f"B-{number:03d}" for number in range(99, 106))]


@pytest.mark.parametrize(("row", "since", "last", "met", "missed"), DAYS)
def test_b077_to_b112_each_has_its_last_day(row: str, since: str, last: str, met: str, missed: str) -> None:
    """AMB-056: attendance on the 1st, were it a Saturday; AMB-090: the week before a probation ends."""
    assert asked(row, since, none=True).deadline == last
    assert (asked(row, since, met).met, asked(row, since, missed).met, asked(row, since).met) == (True, False, False)


def test_b091_two_inspections_a_month() -> None:
    assert asked("B-091", "2025-02", "2025-02-03", "2025-02-28").met is True
    assert asked("B-091", "2025-02", "2025-02-03", "2025-03-01").met is False


@pytest.mark.parametrize("row", AGREED)
def test_b077_to_b112_what_is_periodic_runs_out_where_the_parties_say_so(row: str) -> None:
    since = "2025-03-01T00:00:00+08:00"
    assert asked(row, since, none=True).deadline is None
    agreed = asked(row, since, "2025-03-31T00:00:00+08:00", hours=30 * 24)
    assert (agreed.deadline, agreed.met) == ("2025-03-30T16:00:00Z", True)
    assert asked(row, since, "2025-03-31T00:00:01+08:00", hours=30 * 24).met is False


def test_b108_a_term_is_what_the_letter_says() -> None:
    assert asked("B-108", "2025-01-01", "2025-06-30", deadline="2025-06-30").met is True
    assert asked("B-108", "2025-01-01", "2025-07-01", deadline="2025-06-30").met is False
