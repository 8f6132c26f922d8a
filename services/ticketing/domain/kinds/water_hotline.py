"""The water supply's hotline (供水热线, 12345 included): the hotline of the water pack (C-042, B-024)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from services.ticketing.domain.kinds._affairs import affair, done_in_a_day
from services.ticketing.domain.kinds._hotline import DISPATCH, MOVES, TRACK, TRACKED


@dataclass(frozen=True, slots=True)
class Fields:
    """Which line, its own number there, and what is wrong with the water."""

    line: Literal["water", "12345"] = "water"
    reference: str = ""
    about: Literal["outage", "pressure", "quality", "leak", "meter", "bill", "other"] = "other"


KIND = affair(
    "water_hotline",
    "供水热线工单",
    "Water hotline case",
    "WH",
    Fields,
    pack="water",
    moves=MOVES,
    deeds=(TRACK,),
    clocks=(DISPATCH,),
    examples=(done_in_a_day({"line": "12345", "about": "outage"}, TRACKED),),
)
