"""Issues solved within three working days: each of them, with the mean and the longest beside (A-105, B-015, F-084)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from services.kpi.domain.record_rule import Added, RecordExample, RecordRule, Records, Window
from services.kpi.domain.times import instant, maybe_instant

_LIMIT = 3
_LONGEST = timedelta(days=731)


def add(records: Records, window: Window) -> Added:
    """Of the issues raised in the days asked about, those solved in time; one that is not solved and still within its
    limit is in neither number (AMB-109). Beside them: how many were solved, in how many working days, and the longest.
    """
    met = counted = 0
    days: list[int] = []
    for record in records:
        raised, solved = instant(record["raised_at"]), maybe_instant(record["solved_at"])
        if not window.first <= window.calendar.local_date(raised) <= window.last:
            continue
        due = window.calendar.add_working_days(raised, _LIMIT)
        if solved is not None:
            days.append(_days(raised, solved, window))
        elif due > window.known:
            continue
        counted += 1
        # row: AMB-103 each issue by itself, not their mean
        met += solved is not None and solved < due
    return Added(met, counted, _beside(len(days), sum(days), max(days, default=0)))


def _days(raised: datetime, solved: datetime, window: Window) -> int:
    """Working days from the next one to the day of the solution; none on the day it was raised."""
    if not timedelta(0) <= solved - raised <= _LONGEST:
        raise ValueError("solved_at lies before raised_at, or more than two years after it")
    last: date = window.calendar.local_date(solved)
    count = 0
    for day in window.calendar.working_days_after(raised):
        if day > last:
            break
        count += 1
    return count


def _beside(solved: int, days: int, longest: int) -> Mapping[str, Fraction]:
    # row: AMB-103 the average is reported as well
    told = {"average": Fraction(days, solved or 1), "longest": Fraction(longest)}
    return {"solved": Fraction(solved), "working_days": Fraction(days), **told}


def together(several: Sequence[Mapping[str, Fraction]]) -> Mapping[str, Fraction]:
    """The same of several readings at once."""
    solved, days = (sum(int(one[name]) for one in several) for name in ("solved", "working_days"))
    return _beside(solved, days, max(int(one["longest"]) for one in several))


RECORD_RULE = RecordRule(code="issue.resolution.duration", add=add, together=together)

_FRIDAY: Mapping[str, Any] = {"raised_at": "2025-03-07T10:00:00+08:00"}


def _parts(solved: int, days: int, average: Fraction, longest: int) -> Mapping[str, Fraction]:
    told = {"average": average, "longest": Fraction(longest)}
    return {"solved": Fraction(solved), "working_days": Fraction(days), **told}


EXAMPLES = (
    RecordExample(
        "AMB-103, F-084: raised on a Friday, solved in the last second of Wednesday; another a second later",
        [
            {**_FRIDAY, "solved_at": "2025-03-12T23:59:59+08:00"},
            {**_FRIDAY, "solved_at": "2025-03-13T00:00:00+08:00"},
        ],
        1,
        2,
        _parts(2, 7, Fraction(7, 2), 4),
    ),
    RecordExample(
        "AMB-103: their mean of two days would be in time, one of them is not",
        [{**_FRIDAY, "solved_at": "2025-03-07T18:00:00+08:00"}, {**_FRIDAY, "solved_at": "2025-03-13T09:00:00+08:00"}],
        1,
        2,
        _parts(2, 4, Fraction(2), 4),
    ),
    RecordExample(
        "not solved: past its limit it is missed, within it in neither number; raised before, it is of another period",
        [
            {**_FRIDAY, "solved_at": None},
            {"raised_at": "2025-03-31T10:00:00+08:00", "solved_at": None},
            {"raised_at": "2025-02-28T10:00:00+08:00", "solved_at": None},
        ],
        0,
        1,
        _parts(0, 0, Fraction(0), 0),
        first=date(2025, 3, 1),
        last=date(2025, 3, 31),
    ),
)
