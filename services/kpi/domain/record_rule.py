"""What a list of records of an observed rate adds up to; the rules are the plug-ins in `record_rules/`.

Whoever records the rate gives the records instead of a finished percentage: which of them count, and of how many, is
decided here and not by him.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from shared.calendar import WorkingCalendar


@dataclass(frozen=True, slots=True)
class Window:
    """The local days that are asked about, both included, the instant up to which the world is known, and the calendar
    that working days are counted in."""

    first: date
    last: date
    known: datetime
    calendar: WorkingCalendar


@dataclass(frozen=True, slots=True)
class Added:
    """A numerator and a denominator, and what is reported beside them."""

    numerator: Fraction | int
    denominator: Fraction | int
    parts: Mapping[str, Fraction] = field(default_factory=dict)


Records = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class RecordRule:
    """`add` raises ValueError, KeyError or TypeError for a record that is malformed; `together` says what is reported
    beside several readings of one rate (None: nothing)."""

    code: str
    add: Callable[[Records, Window], Added]
    together: Callable[[Sequence[Mapping[str, Fraction]]], Mapping[str, Fraction]] | None = None


@dataclass(frozen=True, slots=True)
class RecordExample:
    """A documented list of records, the local days asked about, and what it adds up to."""

    name: str
    records: Records
    numerator: Fraction | int
    denominator: Fraction | int
    parts: Mapping[str, Fraction] = field(default_factory=dict)
    first: date = date(2025, 1, 1)
    last: date = date(2025, 12, 31)
