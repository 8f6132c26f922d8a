"""What the reviews API takes and answers."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.http.schemas import Input, Output, PeriodCode, Text, UtcTime

Sentence = Annotated[str, Field(min_length=1, max_length=2000)]
Files = Annotated[list[UUID], Field(max_length=20)]
PointsIn = Annotated[str, Field(pattern=r"^\d{1,4}(\.\d{1,2})?$", examples=["5.5"])]
ColumnName = Literal["self", "manager", "gm", "superior", "department"]
Evidence = Literal[
    "on_site_check",
    "attendance",
    "leave",
    "plan_tracking",
    "complaint_record",
    "renovation_form",
    "notice_document",
    "event_record",
    "system",
]


class ReviewOpenIn(Input):
    """Open the review of a letter's period."""

    model_config = {
        "json_schema_extra": {"examples": [{"letter_id": "01940000-0000-7000-8000-000000000001", "period": "2025-03"}]}
    }

    letter_id: UUID
    period: PeriodCode


class LineIn(Input):
    """What a reviewer gives one line."""

    code: Annotated[str, Field(min_length=1, max_length=120)]
    points: PointsIn
    reason: Sentence | None = Field(None, description="Mandatory where it differs from the column before")
    evidence: Annotated[list[Evidence], Field(max_length=9)] = Field(
        default_factory=list, description="What a deduction rests on; or give files"
    )
    file_ids: Files = Field(default_factory=list)


class ScoresIn(Input):
    """One column, complete; sending it signs it."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "column": "manager",
                    "lines": [
                        {
                            "code": "complaint.response",
                            "points": "8.5",
                            "reason": "一件超时，扣1.5分",
                            "evidence": ["complaint_record"],
                        }
                    ],
                }
            ]
        }
    }

    column: ColumnName
    lines: Annotated[list[LineIn], Field(min_length=1, max_length=100)]
    analysis: Sentence | None = Field(None, description="Factors that affected a self score (mandatory for it)")
    delegated_by: UUID | None = Field(None, description="In whose place this is filled")
    delegation: Sentence | None = Field(None, description="On what grounds; mandatory with `delegated_by`")


class LineOut(Output):
    """One line of the card: content and points, and what the facts give."""

    code: str
    title: Text
    maximum: str
    computed: str


class GivenOut(Output):
    """What one column says of one line."""

    code: str
    points: str
    reason: str | None
    evidence: list[str]
    file_ids: list[UUID]


class ColumnOut(Output):
    """One filled column, as it was signed."""

    column: str
    title: Text
    scorer_id: UUID
    delegated_by: UUID | None
    delegation: str | None
    lines: list[GivenOut]
    total: str
    analysis: str | None
    hash: str
    at: UtcTime


class ReviewOut(Output):
    """A review with all its columns side by side."""

    id: UUID
    version: int
    letter_id: UUID
    template: str
    title: Text
    party: Text = Field(description="Department and post that the letter is for")
    community_id: UUID
    subject_id: UUID
    period: str
    state: str = Field(description="open, <column>_scored, final")
    next: list[str] = Field(description="Columns that may be filled now")
    lines: list[LineOut]
    columns: list[ColumnOut]
    created_at: UtcTime


class ReviewLineOut(Output):
    """A review in a list."""

    id: UUID
    letter_id: UUID
    template: str
    community_id: UUID
    subject_id: UUID
    period: str
    state: str
