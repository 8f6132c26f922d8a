"""What surveys and answers look like on the wire."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field
from sqlalchemy import Row as DbRow

from services.ticketing.domain.survey_types import QUARTERLY, named
from services.ticketing.domain.surveys import DEFAULT_DIMENSIONS
from services.ticketing.surveys.settings_schemas import QuestionIn, QuestionOut
from shared.http.schemas import Input, Output, PeriodCode, UtcTime

SurveyType = Literal["quarterly", "cleaning", "greening", "security", "cs_staff", "coordination", "hotline"]


class SurveyIn(Input):
    """The quarterly questionnaire of eight dimensions, three given and five of the company's choice; or a topic's.

    Without ``dimensions`` and ``questions`` it asks what the type asks. ``questions`` bring their own texts.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "community_id": "0194a0c0-0000-7000-8000-000000000001",
                    "period": "2025-Q1",
                    "title": "2025年一季度业主满意度调查",
                    "dimensions": list(DEFAULT_DIMENSIONS),
                    "closes_at": "2025-03-25T16:00:00Z",
                }
            ]
        }
    )

    community_id: UUID
    period: PeriodCode
    title: Annotated[str, Field(min_length=1, max_length=200)]
    type: SurveyType = "quarterly"
    dimensions: Annotated[list[str] | None, Field(max_length=20)] = None
    questions: Annotated[list[QuestionIn] | None, Field(max_length=20)] = None
    closes_at: UtcTime


class AnswerIn(Input):
    """A household's marks, one for each dimension, whole numbers from 0 to 100."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "unit_id": "0194a0c0-0000-7000-8000-000000000002",
                    "marks": dict.fromkeys(DEFAULT_DIMENSIONS, 85),
                }
            ]
        }
    )

    unit_id: UUID
    # Any: the survey's own questions decide, and all of them are reported at once by their names.
    marks: Annotated[dict[str, Any], Field(max_length=40)]


class SurveyOut(Output):
    """A survey. ``scope_count`` is null until it is opened; ``answer_count`` are households with a counted answer."""

    id: UUID
    version: int
    community_id: UUID
    type: str
    period: str
    title: str
    dimensions: list[str]
    questions: list[QuestionOut]
    state: str
    closes_at: UtcTime
    opened_at: UtcTime | None
    closed_at: UtcTime | None
    scope_count: int | None
    answer_count: int | None
    created_at: UtcTime
    updated_at: UtcTime


class AnswerOut(Output):
    """An answer of a household; ``counted`` as long as the household gives no later one.

    ``entered_by`` is the member of staff who typed in an answer by phone or on paper, with its call or its scan.
    """

    id: UUID
    survey_id: UUID
    unit_id: UUID
    marks: dict[str, int]
    answered_at: UtcTime
    channel: Literal["app", "link", "phone", "paper"]
    entered_by: UUID | None
    call: str | None
    scan_id: UUID | None
    counted: bool


def questions_out(row: DbRow[Any]) -> list[QuestionOut]:
    """The questions of a stored survey as people read them."""
    stored = row.questions
    if stored is None:  # made before questions had texts of their own
        stored = [asdict(q) for q in named(row.dimensions, row.type or QUARTERLY, None)]
    return [QuestionOut(**question) for question in stored]


def survey_out(row: DbRow[Any], answers: int | None) -> SurveyOut:
    """A stored survey as it is answered; ``answers`` are those counted so far."""
    values = {name: getattr(row, name) for name in SurveyOut.model_fields}
    values["type"] = row.type or QUARTERLY
    values["dimensions"] = list(row.dimensions)
    values["questions"] = questions_out(row)
    if row.answer_count is None:
        values["answer_count"] = answers
    return SurveyOut(**values)


def answer_out(row: DbRow[Any]) -> AnswerOut:
    """A stored answer as it is answered."""
    return AnswerOut(
        id=row.id,
        survey_id=row.survey_id,
        unit_id=row.unit_id,
        marks=row.marks,
        answered_at=row.answered_at,
        channel=row.channel or "app",
        entered_by=row.entered_by,
        call=row.call,
        scan_id=row.scan_id,
        counted=row.counted,
    )
