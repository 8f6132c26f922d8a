"""Service requests (服务请求): what customers call and ask for that is neither broken nor a complaint (C-297)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from services.ticketing.domain.kinds._affairs import affair, done_in_a_day


@dataclass(frozen=True, slots=True)
class Fields:
    """What is asked for."""

    # row: C-297 calls and requests are taken in as what they ask for
    service: Literal["certificate", "pass", "key", "cleaning", "moving", "visitor", "parking", "other"] = "other"
    paid: bool = False


KIND = affair(
    "service_request",
    "服务请求",
    "Service request",
    "F",
    Fields,
    examples=(done_in_a_day({"service": "certificate"}),),
)
