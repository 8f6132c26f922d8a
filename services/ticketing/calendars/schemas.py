"""What goes in and out of ``/ticketing/v1/calendars`` and ``/calendar-notices``."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from shared.http.schemas import Input, Output, UtcTime

Worked = Annotated[list[Annotated[str, Field(max_length=11, examples=["09:00-12:00"])]], Field(max_length=12)]


class CalendarIn(Input):
    """When an org unit and all below it work, from a day on; it takes the place of what it had set before.

    Statutory holidays and make-up days come by themselves; `overrides` win over both (no hours: closed).
    """

    org_unit_id: UUID
    valid_from: Annotated[date | None, Field(description="From 0:00 of this day; today when left out")] = None
    week: Annotated[list[Worked], Field(min_length=7, max_length=7, description="Monday to Sunday")]
    make_up: Annotated[Worked | None, Field(description="Of a make-up day; a weekday's if left out")] = None
    overrides: Annotated[dict[date, Worked], Field(max_length=1000)] = {}
    note: Annotated[str | None, Field(max_length=300)] = None

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "org_unit_id": "01955a3e-7c00-7000-8000-000000000001",
                    "week": [
                        ["08:30-12:00", "13:30-17:30"],
                        ["08:30-12:00", "13:30-17:30"],
                        ["08:30-12:00", "13:30-17:30"],
                        ["08:30-12:00", "13:30-17:30"],
                        ["08:30-12:00", "13:30-17:30"],
                        ["09:00-12:00"],
                        [],
                    ],
                    "overrides": {"2025-05-06": []},
                    "note": "周六上午上班",
                }
            ]
        }
    }


class CalendarOut(Output):
    """One version of an org unit's calendar."""

    id: UUID
    org_unit_id: UUID
    revision: int
    valid_from: date
    week: list[list[str]]
    make_up: list[str] | None
    overrides: dict[date, list[str]]
    note: str | None
    set_by: UUID | None
    created_at: UtcTime


class NoticeIn(Input):
    """A year's notice of holidays and make-up days, in the shape of holiday-cn; an earlier import is replaced."""

    year: Annotated[int, Field(ge=2000, le=2200)]
    days: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=200)]

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "year": 2027,
                    "days": [
                        {"name": "元旦", "date": "2027-01-01", "isOffDay": True},
                        {"name": "春节", "date": "2027-01-31", "isOffDay": False},
                    ],
                }
            ]
        }
    }


class NoticeOut(Output):
    """An imported notice."""

    id: UUID
    year: int
    revision: int
    days: dict[date, dict[str, Any]]
    set_by: UUID | None
    created_at: UtcTime
