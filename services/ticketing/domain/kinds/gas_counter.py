"""Business at the gas counter (燃气柜台业务): each transaction with the safety notice told to the user (C-044)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from services.ticketing.domain.deeds import Deed
from services.ticketing.domain.kind import Step, stay
from services.ticketing.domain.kinds._affairs import affair, done_in_a_day
from services.ticketing.domain.kinds._kit import DESK, MOVES


@dataclass(frozen=True, slots=True)
class Fields:
    """Which business, and the number of the user's account where there is one."""

    # row: C-044 what the counter does
    business: Literal[
        "account_opening", "card_recharge", "account_change", "payment", "pipe_change", "meter_move", "consulting"
    ]
    account: str = ""


KIND = affair(
    "gas_counter",
    "燃气柜台业务",
    "Gas counter business",
    "GC",
    Fields,
    pack="gas",
    moves={
        **MOVES,
        "tell-safety-notice": {
            **dict.fromkeys(("received", "reopened"), "in_progress"),
            **stay("in_progress", "completed"),
        },
        # row: C-044 no transaction is done before the safety notice was told
        "complete": {"in_progress": "completed"},
        "dispatch": stay("received", "in_progress", "reopened"),
        "arrive": stay("received", "in_progress", "reopened"),
    },
    deeds=(
        Deed("tell-safety-notice", "告知安全事项", "told the safety notice", DESK, stamp="safety_told_at", public=True),
    ),
    examples=(
        done_in_a_day({"business": "account_opening"}, (Step("tell-safety-notice", timedelta(hours=1)),)),
    ),
)
