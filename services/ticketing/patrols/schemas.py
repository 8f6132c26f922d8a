"""What goes in and out of ``/ticketing/v1/patrols`` and ``/ticketing/v1/patrol-duties``."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from services.ticketing.tickets.schemas import MOST_FILES, KindCode, Line, Paragraph, Told, Urgency
from shared.http.schemas import Input, Output, UtcTime

MOST_AREAS = 100
MOST_FINDINGS = 30
Area = Annotated[str, Field(min_length=1, max_length=80)]

#: A day that calendars reach.
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2200, 1, 1))]


class FindingIn(Input):
    """Something found on the way: it becomes a ticket of this kind at once."""

    kind: KindCode = "repair"
    summary: Line
    detail: Paragraph | None = None
    unit_id: UUID | None = None
    place_id: UUID | None = None
    urgency: Urgency | None = None
    fields: Annotated[dict[str, Any], Field(max_length=50, description="The kind's own fields")] = {}
    attachments: Annotated[list[UUID], Field(max_length=MOST_FILES)] = []


class PatrolIn(Told):
    """A patrol, told at its end; ``occurred_at`` is when it ended."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "community_id": "01955a3e-7c00-7000-8000-000000000001",
                    "started_at": "2025-03-07T00:30:00Z",
                    "occurred_at": "2025-03-07T01:10:00Z",
                    "areas": ["1 幢", "2 幢", "地下车库"],
                    "whole": True,
                    "findings": [{"summary": "2 幢一层灯不亮", "fields": {"category": "electricity"}}],
                }
            ]
        }
    )

    community_id: UUID
    started_at: UtcTime
    areas: Annotated[list[Area], Field(min_length=1, max_length=MOST_AREAS)]
    whole: Annotated[bool, Field(description="The whole park was walked, as every day asks")]
    note: Paragraph | None = None
    findings: Annotated[list[FindingIn], Field(max_length=MOST_FINDINGS)] = []


class PatrolReviewIn(Input):
    """What whoever read the record says to it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"note": "已核对，车库照明本周内换完"}]})

    note: Paragraph | None = None


class PatrolOut(Output):
    """A patrol with the tickets of its findings, and who read the record when."""

    id: UUID
    version: int
    community_id: UUID
    day: date
    started_at: UtcTime
    ended_at: UtcTime
    patrolled_by: UUID
    areas: list[str]
    whole: bool
    note: str | None
    late_reason: str | None
    ticket_ids: list[UUID]
    review_due_at: UtcTime | None
    reviewed_by: UUID | None
    reviewed_at: UtcTime | None
    review_note: str | None


class DutyIn(Input):
    """From which day on a community is patrolled every day, and within how many hours the record is read."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"community_id": "01955a3e-7c00-7000-8000-000000000001", "since": "2025-03-08"}]
        }
    )

    community_id: UUID
    since: Day
    until: Day | None = None
    review_hours: Annotated[int, Field(ge=1, le=168)] | None = None


class DutyOut(Output):
    """The duty of a community."""

    id: UUID
    version: int
    community_id: UUID
    since: date
    until: date | None
    review_hours: int | None


class DayOut(Output):
    """A day that is over: whether the whole park was patrolled."""

    community_id: UUID
    day: date
    done: bool
    judged_at: UtcTime
