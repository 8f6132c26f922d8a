"""What meetings take and answer."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.http.schemas import Input, LocalDate, Output, Text, UtcTime

Kind = Literal["department", "production", "business", "hearing", "review", "contractor", "owner_forum", "external"]
Attendance = Literal["present", "excused", "absent"]
Title = Annotated[str, Field(min_length=1, max_length=200)]
Sentence = Annotated[str, Field(min_length=1, max_length=2000)]


class AttendanceIn(Input):
    """Somebody who was to come; an excuse has its reason."""

    person_id: UUID
    attendance: Attendance
    reason: Sentence | None = None


class MeetingIn(Input):
    """A meeting that was held."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "community_id": "01940000-0000-7000-8000-000000000001",
                    "kind": "department",
                    "title": "三月客服部例会",
                    "held_at": "2025-03-03T01:00:00Z",
                    "chair_id": "01940000-0000-7000-8000-00000000000a",
                    "attendance": [
                        {"person_id": "01940000-0000-7000-8000-00000000000b", "attendance": "present"},
                        {"person_id": "01940000-0000-7000-8000-00000000000c", "attendance": "absent"},
                    ],
                }
            ]
        }
    }

    community_id: UUID
    kind: Kind
    title: Title
    held_at: UtcTime
    chair_id: UUID
    topics: Sentence | None = None
    outsiders: Sentence | None = Field(None, description="Who came from outside: contractor, developer, an office")
    attendance: Annotated[list[AttendanceIn], Field(min_length=1, max_length=300)]


class DecisionIn(Input):
    """What was decided: who does it, until when."""

    title: Title
    assignee_id: UUID
    due_on: LocalDate
    needs_approval: bool = Field(False, description="A suggestion that the company has to approve first")


class MinutesIn(Input):
    """The minutes, to be put on file; each decision becomes a task."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "minutes": "通报二月投诉热点；布置外墙整改。",
                    "file_ids": ["01940000-0000-7000-8000-000000000003"],
                    "decisions": [
                        {
                            "title": "外墙渗水整改",
                            "assignee_id": "01940000-0000-7000-8000-00000000000b",
                            "due_on": "2025-03-14",
                        }
                    ],
                }
            ]
        }
    }

    minutes: Annotated[str, Field(min_length=1, max_length=20000)]
    file_ids: Annotated[list[UUID], Field(min_length=1, max_length=20)]
    decisions: Annotated[list[DecisionIn], Field(max_length=100)] = Field(default_factory=list)


class RelayIn(Input):
    """That what was said was passed on to those below and the departments concerned."""

    model_config = {"json_schema_extra": {"examples": [{"on": "2025-03-04", "note": "晨会传达"}]}}

    on: LocalDate
    note: Sentence


class AttendanceOut(Output):
    """Somebody who was to come."""

    person_id: UUID
    attendance: Attendance
    reason: str | None


class DecisionOut(Output):
    """What was decided."""

    title: str
    assignee_id: UUID
    due_on: date
    needs_approval: bool


class MeetingOut(Output):
    """A meeting; its tasks are `GET /kpi/v1/tasks?origin_id=`."""

    id: UUID
    version: int
    community_id: UUID
    kind: Kind
    kind_title: Text
    title: str
    held_at: UtcTime
    chair_id: UUID
    topics: str | None
    outsiders: str | None
    state: Literal["recorded", "archived"]
    minutes: str | None
    file_ids: list[UUID]
    decisions: list[DecisionOut]
    archived_by: UUID | None
    archived_at: UtcTime | None
    relayed_on: date | None
    relayed_note: str | None


class MeetingDetailOut(Output):
    """A meeting with who came."""

    meeting: MeetingOut
    attendance: list[AttendanceOut]
