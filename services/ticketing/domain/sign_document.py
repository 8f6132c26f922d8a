"""The document of a signature in words: the lines a signer reads before they sign (B-011)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any, Final

#: The parts of the signed document that people read, in reading order; the others are ids.
LABELS: Final[Mapping[str, tuple[str, str]]] = {
    "number": ("工单编号", "Case"),
    "received_at": ("受理时间", "Received"),
    "summary": ("事项", "Subject"),
    "detail": ("详细说明", "Details"),
    "plan_text": ("处理方案", "Plan"),
    "result": ("处理结果", "Result"),
    "completed_at": ("处理完毕时间", "Completed"),
    "rounds": ("第几次处理", "Round"),
}


def lines_of(case: Mapping[str, Any], zone: tzinfo) -> list[tuple[str, str, str, str]]:
    """Name, label in Chinese and English, and value of each line that says something; times in ``zone``."""
    found = []
    for name, (zh, en) in LABELS.items():
        value = case[name]
        if value is None:
            continue
        text = f"{value.astimezone(zone):%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else str(value)
        found.append((name, zh, en, text))
    return found
