"""Business at the water counter (供水柜台业务): new connections, renaming, tariffs, closing accounts (C-045, B-025)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from services.ticketing.domain.deeds import Deed
from services.ticketing.domain.kind import Gate, Step, stay
from services.ticketing.domain.kinds._affairs import affair, done_in_a_day
from services.ticketing.domain.kinds._kit import DESK, MOVES, at, promise

#: The business that has a service limit (B-025).
CHANGES: Final = ("rename", "tariff_change", "closing")


@dataclass(frozen=True, slots=True)
class Fields:
    """Which business, and the number of the user's account where there is one."""

    business: Literal["new_connection", "rename", "tariff_change", "closing"]
    account: str = ""


@dataclass(frozen=True, slots=True)
class Handover:
    """To which department the new user's data went."""

    to_department: str


KIND = affair(
    "water_counter",
    "供水柜台业务",
    "Water counter business",
    "WC",
    Fields,
    pack="water",
    moves={**MOVES, "hand-over-data": stay("received", "in_progress", "reopened", "completed", "closed")},
    deeds=(
        # row: G-026 the data of a new user change hands on record
        Deed("hand-over-data", "移交用户资料", "followed by its data", DESK, Handover, stamp="data_handed_over_at"),
    ),
    clocks=(
        promise(
            "account.change.limit",
            "B-025",
            "用户更名、变价、撤户在服务时限内办结",
            "rename, change the tariff or close an account within the service limit",
            lambda f: f.completed_at,
            which=lambda f: "" if f.fields.get("business") in CHANGES else None,
            pausable=True,
        ),
    ),
    gates=(
        Gate(
            "water.data_handover",
            "C-045",
            "新接水户资料汇总传递",
            "a new user's data are collected and passed on",
            met=at("data_handed_over_at"),
        ),
    ),
    examples=(
        done_in_a_day(
            {"business": "new_connection"},
            (Step("hand-over-data", timedelta(hours=4), args={"to_department": "收费队"}),),
        ),
    ),
)
