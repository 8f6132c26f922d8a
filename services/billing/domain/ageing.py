"""The age of arrears: full months since the day after the due date, as F-086 counts them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from services.billing.domain.dunning import add_months, due_from

NOT_DUE: Final = "not_due"
#: Bucket -> full months overdue from which on it counts; each ends where the next begins.
BUCKETS: Final = (("0-1", 0), ("1-3", 1), ("3-6", 3), ("6-12", 6), ("12-36", 12), ("36+", 36))
NAMES: Final = (NOT_DUE, *(name for name, _ in BUCKETS))


def bucket(due: date, as_of: date) -> str:
    """The bucket of a bill due on a day, seen at the end of another."""
    return NAMES[sum(due <= line for line in lines(as_of))]


def lines(as_of: date) -> list[date]:
    """For each bucket the latest due date that is in it or in an older one: so many of them lie at or after a bill's
    due date, so far down its bucket stands."""
    return [_turned(as_of, months) for _, months in BUCKETS]


def _turned(as_of: date, months: int) -> date:
    if not months:
        return as_of - timedelta(days=1)
    due = add_months(as_of, -months) - timedelta(days=4)
    while due_from(due + timedelta(days=1), months) <= as_of:
        due += timedelta(days=1)
    return due
