"""Rows of rosters and presence as tables and bulk requests bring them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from services.ticketing.register.schemas import Bulk, Reference, Row
from services.ticketing.rosters.schemas import Code
from shared.holidays import SHANGHAI
from shared.http.schemas import UtcTime

_LOCAL = re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d(:\d\d)?)?")


def _moment(value: Any) -> Any:
    """Rosters are written in local time: `2025-03-07 08:00` is Shanghai's."""
    if not isinstance(value, str) or not _LOCAL.fullmatch(value.strip().replace("/", "-")):
        return value
    local = datetime.fromisoformat(value.strip().replace("/", "-")).replace(tzinfo=SHANGHAI)
    return local.astimezone(UTC)


#: An instant with its zone, or local time as tables have it.
Moment = Annotated[
    UtcTime,
    BeforeValidator(_moment),
    Field(description="With its zone, or local time as in tables: `2025-03-07 08:00`"),
]


class ShiftIn(Row):
    """A shift of a member of staff."""

    person: Reference
    org_unit: Reference
    post: Code
    starts_at: Moment
    ends_at: Moment


class ShiftsBulk(Bulk[ShiftIn]):
    """Shifts of one source."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "source": "roster",
                    "items": [
                        {
                            "external_id": "E12-0307-A",
                            "person": "E12",
                            "org_unit": "HZ",
                            "post": "frontdesk",
                            "starts_at": "2025-03-07 08:00",
                            "ends_at": "2025-03-07 14:00",
                        }
                    ],
                }
            ]
        }
    )


class PresenceIn(Row):
    """A stay at work. One of its two times may be missing, which is a punch anomaly."""

    person: Reference
    org_unit: Reference
    in_at: Moment | None = None
    out_at: Moment | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.in_at is None and self.out_at is None:
            raise ValueError("should have a clock-in or a clock-out")
        if self.in_at is not None and self.out_at is not None and self.out_at < self.in_at:
            raise ValueError("out_at should not lie before in_at")
        return self


class PresencesBulk(Bulk[PresenceIn]):
    """Presence records of one source."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "source": "gate",
                    "items": [
                        {
                            "external_id": "E12-0307",
                            "person": "E12",
                            "org_unit": "HZ",
                            "in_at": "2025-03-07 07:56",
                            "out_at": "2025-03-07 14:02",
                        }
                    ],
                }
            ]
        }
    )
