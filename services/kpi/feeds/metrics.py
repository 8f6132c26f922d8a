"""Indicators as OpenMetrics gauges, for those who watch numbers with what watches their machines."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Final

MEDIA_TYPE: Final = "application/openmetrics-text; version=1.0.0; charset=utf-8"
_LABELS: Final = (
    *("community_id", "external_id", "letter_id", "template", "indicator", "measure_id"),
    *("period", "status", "state", "unit"),
)


async def gauges(docs: AsyncIterator[str]) -> str:
    """The text of one gauge with a sample per row that has a value."""
    lines = [
        "# TYPE steward_kpi_value gauge",
        "# HELP steward_kpi_value Value of an indicator on a letter, in the unit its label names.",
    ]
    async for doc in docs:
        row = json.loads(doc)
        if row["value"] is not None:
            labels = ",".join(f'{name}="{_escaped(row[name])}"' for name in _LABELS)
            lines.append(f"steward_kpi_value{{{labels}}} {row['value']}")
    return "\n".join([*lines, "# EOF", ""])


def _escaped(value: object) -> str:
    text = "" if value is None else str(value)
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
