"""Repairs reported by users of gas (燃气报修)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from services.ticketing.domain.kinds._affairs import done_in_a_day
from services.ticketing.domain.kinds._visits import home_repair


@dataclass(frozen=True, slots=True)
class Fields:
    """What does not work."""

    appliance: Literal["cooker", "water_heater", "boiler", "meter", "hose", "alarm", "pipe", "other"] = "other"
    smell_of_gas: bool = False


KIND = home_repair(
    "gas_repair",
    "燃气报修",
    "Gas repair",
    "GR",
    Fields,
    pack="gas",
    examples=(done_in_a_day({"appliance": "meter"}, repair__home__visit="met"),),
)
