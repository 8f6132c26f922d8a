"""What goes in and out of rosters: posts, shifts, presence, bars, who is on duty."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, WithJsonSchema
from sqlalchemy import Row as DbRow

from services.ticketing.domain.rosters import FRONT_DESK_HOURS
from services.ticketing.register.schemas import Name
from shared.http.schemas import Input, LocalDate, Output, UtcTime

#: A time of day on the wall; JSON Schema's own "time" would want an offset from UTC.
LocalTime = Annotated[
    time,
    WithJsonSchema(
        {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$", "examples": ["08:00:00"]}
    ),
]

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$", examples=["frontdesk"])]
Reason = Annotated[str, Field(min_length=2, max_length=500)]


class PostIn(Input):
    """A place that is staffed every day between two local times; closing at or before opening is the next morning."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "org_unit_id": "01955a3e-7c00-7000-8000-000000000003",
                    "code": "frontdesk",
                    "name": "前台",
                    "since": "2025-01-01",
                    "presence_kept": True,
                }
            ]
        }
    )

    org_unit_id: UUID
    code: Code
    name: Name
    opens: LocalTime = FRONT_DESK_HOURS[0]
    closes: LocalTime = FRONT_DESK_HOURS[1]
    since: LocalDate
    until: LocalDate | None = None
    presence_kept: Annotated[bool, Field(description="Staffed means present, not only rostered")] = False


class PostOut(Output):
    """A post."""

    id: UUID
    version: int
    org_unit_id: UUID
    code: str
    name: str
    opens: LocalTime
    closes: LocalTime
    timezone: str
    since: date
    until: date | None
    presence_kept: bool


class ShiftOut(Output):
    """A shift; half open, so that one may begin when another ends."""

    id: UUID
    version: int
    source: str
    external_id: str
    person_id: UUID
    org_unit_id: UUID
    post: str
    starts_at: UtcTime
    ends_at: UtcTime
    cancelled_at: UtcTime | None
    updated_at: UtcTime


class PunchIn(Input):
    """One's own clock-in or clock-out, now."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"direction": "in", "org_unit_id": "01955a3e-7c00-7000-8000-000000000003"}]
        }
    )

    direction: Literal["in", "out"]
    org_unit_id: UUID


class PresenceOut(Output):
    """A stay at work."""

    id: UUID
    version: int
    source: str
    external_id: str
    person_id: UUID
    org_unit_id: UUID
    in_at: UtcTime | None
    out_at: UtcTime | None


class BarIn(Input):
    """Who may not be rostered, why, and from when to when (D-086)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "person_id": "01955a3e-7c00-7000-8000-00000000000c",
                    "cause": "failed_exam",
                    "reason": "安全考试不合格，补考前停岗",
                }
            ]
        }
    )

    person_id: UUID
    cause: Literal["failed_exam", "other"]
    reason: Reason
    since: UtcTime | None = None
    until: UtcTime | None = None


class LiftIn(Input):
    """Why a bar is lifted."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "补考合格"}]})

    reason: Reason


class BarOut(Output):
    """A bar; ``shifts`` are those that it meets and that somebody else has to take."""

    id: UUID
    version: int
    person_id: UUID
    cause: str
    reason: str
    since: UtcTime
    until: UtcTime | None
    made_by: UUID | None
    lifted_by: UUID | None
    shifts: list[UUID]


class OnDutyOut(Output):
    """Somebody on duty, by which evidence: present, or rostered where no presence is kept or the time is ahead."""

    person_id: UUID
    org_unit_id: UUID
    post: str
    shift_id: UUID
    starts_at: UtcTime
    ends_at: UtcTime
    evidence: Literal["present", "rostered"]


class GapOut(Output):
    """Time that nobody covers."""

    start: UtcTime
    end: UtcTime


class PostDayOut(Output):
    """A post's day: uncovered minutes (a begun one counts whole), and who checked roster and presence."""

    post_id: UUID
    org_unit_id: UUID
    post: str
    day: date
    minutes: int
    gaps: list[GapOut]
    closed: Annotated[bool, Field(description="The day's hours are over: this is what came of it")]
    checked_by: UUID | None
    checked_at: UtcTime | None


class CheckIn(Input):
    """That roster and presence of a day were checked (B-031)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"day": "2025-03-07", "note": "14:00 已安排补岗"}]})

    day: LocalDate
    note: Annotated[str | None, Field(max_length=500)] = None


class AttendanceOut(Output):
    """What came of a shift; minutes are begun minutes."""

    id: UUID
    version: int
    shift_id: UUID
    person_id: UUID
    org_unit_id: UUID
    post: str
    day: date
    outcomes: list[str]
    late_minutes: int
    early_minutes: int
    leave_kind: str | None
    cancelled: bool


def same(model: type[Output], row: DbRow[Any], **more: Any) -> Any:
    """A stored row as the model whose fields are its columns."""
    return model(**{name: getattr(row, name) for name in model.model_fields if name not in more}, **more)
