"""What calls back to households and improvement measures look like on the wire."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field
from sqlalchemy import Row as DbRow

from services.ticketing.tickets.schemas import Paragraph
from shared.http.schemas import Input, Output, UtcTime

_PERSON = "0194a0c0-0000-7000-8000-000000000009"


class RecallsIn(Input):
    """How many households to call back; all that answered, if there are fewer."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"size": 30}]})

    size: Annotated[int, Field(strict=True, ge=1, le=500)]


class RecallResultIn(Input):
    """What a household said when it was called back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"result": "agree"}]})

    result: Literal["agree", "differ", "not_reached"]
    note: Paragraph | None = None


class RecallOut(Output):
    """A household of the sample. ``result`` is null until it was called; ``not_reached`` may be tried again."""

    id: UUID
    version: int
    survey_id: UUID
    unit_id: UUID
    answer_id: UUID
    entered_by: UUID | None
    seed: str
    result: Literal["agree", "differ", "not_reached"] | None
    called_by: UUID | None
    called_at: UtcTime | None
    note: str | None


class RecallsOut(Output):
    """A sample as it was drawn."""

    items: list[RecallOut]


class MeasureAssignIn(Input):
    """Who carries out which measure of the approved report: ``place`` counts from 0, as they stand in it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"place": 0, "assignee_id": _PERSON, "due_on": "2025-05-31"}]}
    )

    place: Annotated[int, Field(strict=True, ge=0, le=49)]
    assignee_id: UUID
    due_on: Annotated[date | None, Field(description="The report's own day when left out")] = None


class MeasureDoneIn(Input):
    """What was done."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"result": "夜班岗位已于5月20日到位"}]})

    result: Paragraph


class MeasureVerifyIn(Input):
    """Whether the measure holds what it promised; if not, it goes back to whom it was assigned to, with the reason."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"accepted": True, "note": "现场查看属实"}]})

    accepted: bool
    note: Paragraph | None = None


class MeasureTaskOut(Output):
    """A measure that was given to somebody: ``assigned``, ``done`` or ``verified`` (C-119)."""

    id: UUID
    version: int
    survey_id: UUID
    place: int
    department: str
    text: str
    due_on: date
    state: Literal["assigned", "done", "verified"]
    assignee_id: UUID
    assigned_by: UUID | None
    done_by: UUID | None
    done_at: UtcTime | None
    result: str | None
    verified_by: UUID | None
    verified_at: UtcTime | None
    sent_back: bool
    note: str | None


class MeasureTasksOut(Output):
    """The measures of a report that were assigned, in their order."""

    items: list[MeasureTaskOut]


def recall_out(row: DbRow[Any]) -> RecallOut:
    """A stored call back as it is answered."""
    return RecallOut(**{name: getattr(row, name) for name in RecallOut.model_fields})


def measure_out(row: DbRow[Any]) -> MeasureTaskOut:
    """A stored measure as it is answered."""
    return MeasureTaskOut(**{name: getattr(row, name) for name in MeasureTaskOut.model_fields})
