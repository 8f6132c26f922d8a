"""The numbers people read: R20250307-0012, counted per organisation, kind and local day."""

from __future__ import annotations

from datetime import datetime, tzinfo


def counter(prefix: str, now: datetime, zone: tzinfo) -> str:
    """The counter a new case takes its number from: prefix and the community's calendar day of recording."""
    return f"{prefix}{now.astimezone(zone):%Y%m%d}"


def number(counter: str, value: int) -> str:
    """The number itself; beyond 9999 a day it grows by a digit."""
    return f"{counter}-{value:04d}"
