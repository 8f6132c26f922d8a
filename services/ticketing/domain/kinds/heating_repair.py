"""Heating that does not warm, or leaks (供暖报修)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from services.ticketing.domain.kinds._affairs import done_in_a_day
from services.ticketing.domain.kinds._visits import home_repair


@dataclass(frozen=True, slots=True)
class Fields:
    """What is wrong; the temperature measured in the room, in tenths of a degree."""

    problem: Literal["cold", "leak", "noise", "valve", "meter", "other"] = "cold"
    room_decidegrees: int | None = None


KIND = home_repair(
    "heating_repair",
    "供暖报修",
    "Heating repair",
    "HR",
    Fields,
    pack="heating",
    examples=(done_in_a_day({"problem": "cold", "room_decidegrees": 158}, repair__home__visit="met"),),
)
