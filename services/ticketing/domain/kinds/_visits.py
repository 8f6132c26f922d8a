"""Repairs at the homes of users of gas and heating: on site in time (B-023).

001.142 prints no number; what is shipped is that of every repair (AMB-116): within 30 minutes of an urgent request,
else by the appointment, else within 24 hours.
"""

from __future__ import annotations

from typing import Any, Final

from services.ticketing.domain.clocks import ClockSpec
from services.ticketing.domain.kind import TicketKind
from services.ticketing.domain.kinds._affairs import affair
from services.ticketing.domain.kinds._kit import received
from services.ticketing.domain.limits import wall

HOME_VISIT: Final = ClockSpec(
    "repair.home.visit",
    "B-023",
    "用户报修上门服务及时（紧急30分钟内，否则按预约时间，无预约24小时内）",
    "be at the user's home in time: within 30 minutes if urgent, else by the appointment, else within 24 hours",
    # row: AMB-116 as for every repair
    {"repair.home.visit": wall(hours=24), "repair.home.visit.urgent": wall(minutes=30)},
    met=lambda f: f.arrived_at,
    starts=received,
    which=lambda f: "repair.home.visit.urgent" if f.urgency == "urgent" else "",
    agreed=lambda f, due: None if f.urgency == "urgent" else f.appointment,
    pausable=True,
)


def home_repair(code: str, zh: str, en: str, prefix: str, fields: type, **more: Any) -> TicketKind:
    """A repair at a user's home."""
    return affair(code, zh, en, prefix, fields, clocks=(HOME_VISIT,), **more)
