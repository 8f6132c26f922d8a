"""Instants and durations as people type them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from deploy.local.failures import Unsuitable

ZONE = ZoneInfo("Asia/Shanghai")
_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


def instant(text: str) -> datetime:
    """`2025-01-01`, `2025-01-01T08:30`, with or without a zone (Asia/Shanghai if none), as aware UTC."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise Unsuitable(
            f"看不懂时间“{text}”，请写成 2025-01-01T08:00。",
            f"'{text}' is no time; write it like 2025-01-01T08:00 (Asia/Shanghai) or 2025-01-01T00:00Z.",
        ) from error
    if found.tzinfo is None:
        found = found.replace(tzinfo=ZONE)
    return found.astimezone(UTC)


def duration(text: str) -> timedelta:
    """`90s`, `30m`, `2h`, `1d`, `1h30m`."""
    parts = re.findall(r"(\d+)\s*([dhms])", text.strip().lower())
    if not parts or "".join(f"{number}{unit}" for number, unit in parts) != re.sub(r"\s", "", text.lower()):
        raise Unsuitable(
            f"看不懂时长“{text}”，请写成 2h、30m、1d 或 1h30m。",
            f"'{text}' is no duration; write it like 2h, 30m, 1d or 1h30m.",
        )
    return sum((timedelta(**{_UNITS[unit]: int(number)}) for number, unit in parts), timedelta())


def shown(at: datetime) -> str:
    """RFC 3339 in UTC with Z, as the API writes times."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
