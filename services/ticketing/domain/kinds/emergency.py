"""Emergencies (紧急出警): a fire, security or vehicle alarm that somebody answers on site (B-064).

Never paused, and its warnings are not held for the morning: there is no move for the one, and the limit is too short
for the other. The letters print no time; what is shipped is five minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from services.ticketing.domain.kind import Example, StateSpec, Step, TicketKind, stay
from services.ticketing.domain.kinds._kit import AUTO_CLOSE, promise
from services.ticketing.domain.limits import wall

_D: Final = timedelta


@dataclass(frozen=True, slots=True)
class Fields:
    """What rang, and how."""

    alarm: Literal["fire", "security", "vehicle", "lift", "gas", "medical", "other"]
    raised_by: Literal["person", "device", "patrol"] = "person"


KIND = TicketKind(
    code="emergency",
    zh="紧急出警",
    en="Emergency",
    prefix="E",
    policy="emergency/1",
    fields=Fields,
    states=(
        StateSpec("received", "已报警", "alarm raised", role="security"),
        StateSpec("on_site", "已出警", "on site", role="security"),
        StateSpec("completed", "已处置", "dealt with"),
        StateSpec("closed", "已关闭", "closed", final=True),
        StateSpec("cancelled", "误报", "false alarm", final=True),
    ),
    moves={
        "respond": stay("received", "on_site", "completed", "closed"),
        "dispatch": stay("received", "on_site"),
        "arrive": {"received": "on_site", **stay("on_site", "completed", "closed")},
        "follow-up-note": stay("received", "on_site", "completed", "closed"),
        # Who puts out a fire first and types afterwards is not asked for the way there.
        "complete": dict.fromkeys(("received", "on_site"), "completed"),
        "cancel": dict.fromkeys(("received", "on_site"), "cancelled"),
        "close": {"completed": "closed"},
    },
    clocks=(
        promise(
            "emergency.response",
            "B-064",
            "接警后5分钟内到场",
            "be on site within 5 minutes of the alarm",
            lambda f: f.arrived_at,
            wall(minutes=5),
            roles=("security", "supervisor", "project_manager"),
        ),
    ),
    urgent=True,
    auto_close=AUTO_CLOSE,
    examples=(
        Example(
            "there in the last second that counts",
            (Step("arrive", _D(minutes=5)), Step("complete", _D(minutes=30))),
            until=_D(hours=1),
            state="completed",
            urgency="urgent",
            clocks={"emergency.response": "met"},
            fields={"alarm": "fire"},
        ),
        Example(
            "a second late",
            (Step("arrive", _D(minutes=5, seconds=1)),),
            until=_D(hours=1),
            state="on_site",
            urgency="urgent",
            clocks={"emergency.response": "breached"},
            fields={"alarm": "security"},
        ),
        Example(
            "told after the shift, by the times of the log",
            (Step("arrive", _D(minutes=3), told_after=_D(hours=6)),),
            until=_D(hours=7),
            state="on_site",
            urgency="urgent",
            clocks={"emergency.response": "withdrawn"},
            fields={"alarm": "vehicle", "raised_by": "device"},
        ),
        Example(
            "a false alarm",
            (Step("cancel", _D(minutes=2), args={"reason": "误触"}),),
            until=_D(hours=1),
            state="cancelled",
            urgency="urgent",
            clocks={"emergency.response": "cancelled"},
            fields={"alarm": "fire"},
        ),
    ),
)
