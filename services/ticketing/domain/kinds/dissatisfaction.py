"""What customers are not satisfied with (不满意): found by a call or a survey, dealt with first (C-299)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from services.ticketing.domain.kinds._affairs import affair, done_in_a_day


@dataclass(frozen=True, slots=True)
class Fields:
    """Where it came to light, and what it is about."""

    found_by: Literal["revisit", "survey", "visit", "other"] = "other"
    about: str = ""


KIND = affair(
    "dissatisfaction",
    "不满意事项",
    "Unsatisfied matter",
    "U",
    Fields,
    urgent=True,  # row: C-299 what customers are not satisfied with goes first
    examples=(done_in_a_day({"found_by": "survey"}, urgency="urgent"),),
)
