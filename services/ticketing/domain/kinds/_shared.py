"""Promises that several kinds make: declared once, so that a clock's code means one thing everywhere."""

from __future__ import annotations

from typing import Final

from services.ticketing.domain.clocks import ClockSpec

FOLLOW_UP: Final = ClockSpec(
    "ticket.followup",
    "B-006",
    "受理后及时跟进并记录",
    "follow up in time, with an entry on the case",
    {"ticket.followup": None},  # 及时 without a number: a policy sets one
    met=lambda f: f.followed_up_at or f.completed_at,
    starts=lambda f: f.received_at,
)
