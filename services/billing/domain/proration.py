"""Which part of a period a unit is charged for.

A unit is charged from the day it is sold: before that its fee is nobody's. Sold inside the period, it
is charged by the day (``day``, the default) or only from the next full period (``none``).
"""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

BY_DAY, FULL_PERIODS = "day", "none"
MODES: tuple[str, ...] = (BY_DAY, FULL_PERIODS)
WHOLE = Fraction(1)


def overlap_days(start: date, end: date, since: date | None, until: date | None) -> int:
    """Days of ``[start, end)`` inside ``since``..``until`` (both inclusive, ``None`` = open)."""
    first = start if since is None else max(start, since)
    last = end if until is None else min(end, until + timedelta(days=1))
    return max(0, (last - first).days)


def charged_share(start: date, end: date, sold_on: date | None, mode: str = BY_DAY) -> Fraction:
    """The share of the period ``[start, end)`` a unit sold on ``sold_on`` is charged for.

    0 = not at all (not sold, or sold after the period), 1 = wholly; ``sold_on`` is the first day charged.

    Raises:
        ValueError: an unknown mode or an empty period.
    """
    if mode not in MODES:
        raise ValueError(f"unknown proration {mode!r}")
    if end <= start:
        raise ValueError("a period has at least one day")
    if sold_on is None:
        return Fraction(0)
    if sold_on <= start:
        return WHOLE
    if mode == FULL_PERIODS:
        return Fraction(0)
    return Fraction(overlap_days(start, end, sold_on, None), (end - start).days)
