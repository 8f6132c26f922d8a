"""Wireless alarms with emergency valves in high-rises of 100 metres that stood before the programme (A-137)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.kpi.domain.numbers import exact
from services.kpi.domain.record_rule import Added, RecordExample, RecordRule, Records, Window

_HEIGHT = 100


def add(records: Records, window: Window) -> Added:
    """Of the points in such buildings, those where both are installed."""
    points = [record for record in records if _existing(record, window)]
    for record in points:
        if not isinstance(record["installed"], bool):
            raise ValueError("installed is true or false")
    return Added(sum(record["installed"] for record in points), len(points))


def _existing(record: Mapping[str, Any], window: Window) -> bool:
    built = record["built_in"]
    if not isinstance(built, int) or isinstance(built, bool):
        raise ValueError("built_in is a year")
    # row: AMB-104 100 metres and more, and built before the programme's year
    return exact(record["height_m"]) >= _HEIGHT and built < window.first.year


RECORD_RULE = RecordRule(code="highrise.nb.alarm.rate", add=add)

EXAMPLES = (
    RecordExample(
        "AMB-104: of exactly 100 metres; a centimetre less; built in the programme's year",
        [
            {"height_m": 100, "built_in": 2024, "installed": True},
            {"height_m": "150.5", "built_in": 1999, "installed": False},
            {"height_m": "99.99", "built_in": 2024, "installed": False},
            {"height_m": 120, "built_in": 2025, "installed": False},
        ],
        1,
        2,
    ),
    RecordExample("no such building", [{"height_m": 99, "built_in": 2024, "installed": True}], 0, 0),
)
