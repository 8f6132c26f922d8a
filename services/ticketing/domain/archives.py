"""Owner files: when one is complete, and what a check may say of them (C-073, C-077, AMB-113)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

#: 003.66: the owner's name, contact, house information, records of past services.
REQUIRED: Final = ("name", "contact", "house", "service_history")
#: Fields whose empty list is content: a household that never asked for a service has an empty history, not none.
_MAY_BE_EMPTY: Final = frozenset({"service_history"})

OPEN: Final = "open"
COMPLETE: Final = "complete"


# row: C-073, G-003 name, contact, house, service history
def missing_fields(fields: Mapping[str, Any], required: Sequence[str] = REQUIRED) -> tuple[str, ...]:
    """The required fields that an owner file lacks, in their order; an empty answer is a complete file.

    Blank text, null and containers of nothing but blanks are no content; ``service_history`` alone may be an empty
    list. ``required`` is a parameter: a company may want more than the catalogue's four.
    """
    return tuple(
        name
        for name in required
        if not (_has_content(fields.get(name)) or (name in _MAY_BE_EMPTY and fields.get(name) == []))
    )


def _has_content(value: Any) -> bool:
    if value is None or value is False:
        return False
    if isinstance(value, str):
        return bool(value.strip())
    if isinstance(value, Mapping):
        return any(_has_content(item) for item in value.values())
    if isinstance(value, list | tuple):
        return any(_has_content(item) for item in value)
    return True


def file_state(missing: Sequence[str]) -> str:
    """The state people read: ``open`` while something is missing, else ``complete``."""
    return OPEN if missing else COMPLETE


def check_fits_month(month_start: date, checked_on: date) -> bool:
    """Whether a check of a month may have been made on a local day: not before the month began.

    A check made early in the next month may still be the month's; whose quarter it counts in is decided by the day it
    was made (AMB-113).
    """
    # row: C-077 in its month or later
    return checked_on >= month_start
