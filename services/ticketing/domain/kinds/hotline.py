"""Hotline cases (热线): passed on at once, followed from the call to the result, closed by it (C-042, B-024)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from services.ticketing.domain.kinds._affairs import affair, done_in_a_day
from services.ticketing.domain.kinds._hotline import DISPATCH, MOVES, TRACK, TRACKED


@dataclass(frozen=True, slots=True)
class Fields:
    """Which line it came by, and the number it has there."""

    line: Literal["company", "12345", "12319", "other"] = "company"
    reference: str = ""


KIND = affair(
    "hotline",
    "热线工单",
    "Hotline case",
    "H",
    Fields,
    moves=MOVES,
    deeds=(TRACK,),
    clocks=(DISPATCH,),
    examples=(done_in_a_day({"line": "12345", "reference": "2503070001"}, TRACKED),),
)
