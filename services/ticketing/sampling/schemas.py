"""What goes in and out of ``/ticketing/v1/third-party-surveys`` and ``/ticketing/v1/staff-samples``."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from services.ticketing.tickets.schemas import Paragraph
from shared.http.schemas import Input, Output, UtcTime

Year = Annotated[int, Field(ge=2000, le=2200)]
Count = Annotated[int, Field(strict=True, ge=0, le=10_000_000)]
FormNumber = Annotated[int, Field(strict=True, ge=1, le=500)]


class TopicIn(Input):
    """What the agency found about one topic."""

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    valid_answers: Count
    satisfied_answers: Count


class ThirdPartyIn(Input):
    """An agency's survey, as it delivered it: its rates are taken as they are (AMB-111)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "community_id": "01955a3e-7c00-7000-8000-000000000001",
                    "year": 2025,
                    "agency": "华夏调研有限公司",
                    "carried_out_on": "2025-11-20",
                    "valid_answers": 412,
                    "satisfied_answers": 377,
                    "topics": [{"code": "cleaning", "valid_answers": 412, "satisfied_answers": 390}],
                    "file_ids": ["01955a3e-7c00-7000-8000-000000000009"],
                }
            ]
        }
    )

    community_id: UUID
    year: Year
    agency: Annotated[str, Field(min_length=1, max_length=200)]
    carried_out_on: date
    valid_answers: Annotated[int, Field(strict=True, ge=1, le=10_000_000)]
    satisfied_answers: Count
    topics: Annotated[list[TopicIn], Field(max_length=50)] = []
    file_ids: Annotated[list[UUID], Field(min_length=1, max_length=20, description="The agency's report")]


class TopicOut(Output):
    """A topic with its satisfied share in percent, two decimals; null of nothing."""

    code: str
    valid_answers: int
    satisfied_answers: int
    satisfied_percent: str | None


class ThirdPartyOut(Output):
    """An agency's survey. kpi counts it once a second person has confirmed it there."""

    id: UUID
    version: int
    community_id: UUID
    year: int
    agency: str
    carried_out_on: date
    valid_answers: int
    satisfied_answers: int
    satisfied_percent: str
    topics: list[TopicOut]
    file_ids: list[UUID]
    imported_by: UUID | None


class StaffSampleIn(Input):
    """Whom employees are asked about, where, and how many of them are drawn."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "community_id": "01955a3e-7c00-7000-8000-000000000001",
                    "about_id": "01955a3e-7c00-7000-8000-00000000000a",
                    "year": 2025,
                    "size": 10,
                }
            ]
        }
    )

    community_id: UUID
    about_id: UUID
    year: Year
    size: Annotated[int, Field(ge=1, le=500)]


class StaffFormIn(Input):
    """A form as it came back, by the number printed on it; nothing says whose it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"form": 3, "satisfied": True, "remark": "安排合理"}]})

    form: FormNumber
    satisfied: bool
    remark: Paragraph | None = None
    scan: UUID | None = None


class StaffSampleOut(Output):
    """A sample; the numbers are those of the forms that came back. Whoever has the seed can draw it again."""

    id: UUID
    version: int
    community_id: UUID
    about_id: UUID
    year: int
    seed: str
    frame: int
    size: int
    returned: int
    satisfied: int
    satisfied_percent: str | None
    state: Literal["drawn", "closed"]
    drawn_by: UUID | None
    closed_at: UtcTime | None


class DrawnOut(Output):
    """Somebody who was drawn and is to be handed a form."""

    staff_id: UUID
    name: str | None
