"""Turnover of core managers over the list that the company keeps of them (A-203)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from services.kpi.domain.record_rule import Added, RecordExample, RecordRule, Records, Window


def add(records: Records, window: Window) -> Added:
    """Those who left within the days asked about, of the mean of the list at their start and at their end."""
    start = end = left = 0
    for record in records:
        since, until = _day(record, "since"), _day(record, "until")
        assert since is not None
        if until is not None and until < since:
            raise ValueError("until lies before since")
        start += since <= window.first and (until is None or until >= window.first)
        end += since <= window.last and (until is None or until > window.last)
        left += until is not None and window.first <= until <= window.last
    # row: AMB-033 the mean of the list at start and end
    return Added(left, Fraction(start + end, 2))


def _day(record: Mapping[str, Any], name: str) -> date | None:
    value = record[name]
    return None if value is None and name == "until" else date.fromisoformat(value)


RECORD_RULE = RecordRule(code="mgmt.core.turnover.rate", add=add)

_STAYS = {"since": "2020-01-01", "until": None}

EXAMPLES = (
    RecordExample(
        "AMB-033: ten at the start and eleven at the end; one left, two came; one who left the year before",
        [
            *([_STAYS] * 9),
            {"since": "2020-01-01", "until": "2025-06-30"},
            {"since": "2025-03-01", "until": None},
            {"since": "2025-12-31", "until": None},
            {"since": "2020-01-01", "until": "2024-12-31"},
        ],
        1,
        Fraction(21, 2),
    ),
    RecordExample(
        "gone with the last day, and come with the first: of the start, not of the end",
        [{"since": "2025-01-01", "until": "2025-12-31"}, _STAYS],
        1,
        Fraction(3, 2),
    ),
)
