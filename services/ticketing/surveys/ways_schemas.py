"""What answers by telephone, on paper and by link look like on the wire."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field, JsonValue

from services.ticketing.domain.surveys import DEFAULT_DIMENSIONS
from services.ticketing.surveys.settings_schemas import QuestionOut
from services.ticketing.tickets.schemas import Told
from shared.http.schemas import Input, Output, UtcTime

_UNIT = "0194a0c0-0000-7000-8000-000000000002"
_MARKS: dict[str, JsonValue] = dict.fromkeys(DEFAULT_DIMENSIONS, 85)

#: The survey's own questions decide what may stand here, and all faults are reported at once by their names.
Marks = Annotated[dict[str, Any], Field(max_length=40, description="A whole mark from 0 to 100 for every question")]


class PhoneAnswerIn(Told):
    """What a household said on the telephone; ``occurred_at`` is when, ``call`` names the call it was said in."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"unit_id": _UNIT, "marks": _MARKS, "call": "外呼 20250318-0042"}]}
    )

    unit_id: UUID
    marks: Marks
    call: Annotated[str, Field(min_length=1, max_length=120)]
    person_id: Annotated[UUID | None, Field(description="Who answered, if the register knows them")] = None


class PaperAnswerIn(Input):
    """One sheet of a batch: its household and its marks."""

    unit_id: UUID
    marks: Marks


class PaperBatchIn(Told):
    """Sheets collected together, with their scan; ``occurred_at`` is when they were handed in."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "scan": "0194a0c0-0000-7000-8000-000000000007",
                    "items": [{"unit_id": _UNIT, "marks": _MARKS}],
                    "occurred_at": "2025-03-18T08:00:00Z",
                    "late_reason": "纸质问卷集中录入",
                }
            ]
        }
    )

    scan: Annotated[UUID, Field(description="An uploaded PDF or picture of the sheets")]
    items: Annotated[list[PaperAnswerIn], Field(min_length=1, max_length=500)]


class BatchOut(Output):
    """What became of a batch: ``counted`` are those that no later answer of the household stands against."""

    stored: int
    counted: int


class LinksIn(Input):
    """The households to make links for."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"unit_ids": [_UNIT]}]})

    unit_ids: Annotated[list[UUID], Field(min_length=1, max_length=200)]


class LinkOut(Output):
    """A link, shown this once: nobody can read the token out of the system again."""

    unit_id: UUID
    token: str
    path: str
    expires_at: UtcTime


class LinksOut(Output):
    """The links made, in the order of the request."""

    items: list[LinkOut]


class LinkedSurveyOut(Output):
    """What a link opens: the questions, and whether it was used. Nothing of the household but that it is asked."""

    title: str
    period: str
    questions: list[QuestionOut]
    closes_at: UtcTime
    open: bool
    used: bool


class LinkAnswerIn(Input):
    """A household's marks, given through its link."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"marks": _MARKS}]})

    marks: Marks


class ThanksOut(Output):
    """An answer by a link was taken."""

    answered_at: UtcTime
