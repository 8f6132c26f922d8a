"""Repairs at the homes of users of gas and heating: on site in time (B-023)."""

from __future__ import annotations

from typing import Any, Final

from services.ticketing.domain.kind import TicketKind
from services.ticketing.domain.kinds._affairs import affair
from services.ticketing.domain.kinds._kit import promise

HOME_VISIT: Final = promise(
    "repair.home.visit",
    "B-023",
    "用户报修上门服务及时",
    "be at the user's home in time after a repair was reported",
    lambda f: f.arrived_at,
    agreed=lambda f, due: None if f.urgency == "urgent" else f.appointment,
    pausable=True,
)


def home_repair(code: str, zh: str, en: str, prefix: str, fields: type, **more: Any) -> TicketKind:
    """A repair at a user's home."""
    return affair(code, zh, en, prefix, fields, clocks=(HOME_VISIT,), **more)
