"""Days and instants around now, as requests write them."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from shared import clock

SHANGHAI = ZoneInfo("Asia/Shanghai")


def local_day(offset: int = 0) -> str:
    """A day of the community's calendar, so many from today."""
    return (clock.now().astimezone(SHANGHAI).date() + timedelta(days=offset)).isoformat()


def days(offset: int) -> str:
    """An instant so many days from now."""
    return (clock.now() + timedelta(days=offset)).isoformat().replace("+00:00", "Z")
