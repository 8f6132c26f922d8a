"""Disputes (纠纷): between neighbours, or with the house; coordinated between the parties until they agree (C-295)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from services.ticketing.domain.deeds import Deed
from services.ticketing.domain.kind import Step
from services.ticketing.domain.kinds._affairs import affair, done_in_a_day
from services.ticketing.domain.kinds._kit import MOVES, SERVING


@dataclass(frozen=True, slots=True)
class Fields:
    """Who is at odds about what."""

    about: Literal["noise", "leak", "parking", "pets", "renovation", "fees", "other"] = "other"
    with_whom: Literal["neighbour", "company", "contractor", "other"] = "neighbour"


@dataclass(frozen=True, slots=True)
class Session:
    """One talk with both sides, and whether they agreed."""

    agreed: bool
    summary_of_talk: str


KIND = affair(
    "dispute",
    "纠纷",
    "Dispute",
    "D",
    Fields,
    # row: C-295 the house coordinates; a dispute is done when somebody has brought the sides together
    moves={
        **MOVES,
        "mediate": dict.fromkeys(("received", "in_progress", "reopened"), "in_progress"),
        "complete": {"in_progress": "completed"},
    },
    deeds=(Deed("mediate", "调解", "mediated", SERVING | {"security", "legal"}, Session),),
    examples=(
        done_in_a_day(
            {"about": "noise"},
            (Step("mediate", timedelta(hours=4), args={"agreed": True, "summary_of_talk": "晚十点后停止练琴"}),),
        ),
    ),
)
