"""Promises that several kinds make: declared once, so that a clock's code means one thing everywhere."""

from __future__ import annotations

from typing import Final

from services.ticketing.domain.clocks import ClockSpec

#: What 12345 or an authority passed on is answered by when they want it; their number for it is the case's.
AUTHORITY: Final = ClockSpec(
    "authority.deadline",
    "C-042",
    "在上级或12345要求的时限内办结",
    "be done by the deadline of 12345 or the authority that passed it on",
    {"authority.deadline": None},
    met=lambda f: f.completed_at,
    starts=lambda f: f.received_at,
    which=lambda f: "" if f.authority_deadline else None,
    agreed=lambda f, due: f.authority_deadline,
)

FOLLOW_UP: Final = ClockSpec(
    "ticket.followup",
    "B-006",
    "受理后及时跟进并记录",
    "follow up in time, with an entry on the case",
    {"ticket.followup": None},  # 及时 without a number: a policy sets one
    met=lambda f: f.followed_up_at or f.completed_at,
    starts=lambda f: f.received_at,
)

REVIEW: Final = ClockSpec(
    "record.review",
    "B-033",
    "主管及时审阅记录",
    "the supervisor reads the record in time",
    {"record.review": None},  # 及时 without a number: a policy sets one
    met=lambda f: f.time("reviewed_at"),
    starts=lambda f: f.received_at,
    roles=("supervisor", "project_manager", "gm"),
)
