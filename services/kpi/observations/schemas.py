"""What the observations API takes and answers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from services.kpi.what_if.schemas import Figure, Grade
from shared.http.schemas import Input, Output, UtcTime

Note = Annotated[str, Field(min_length=1, max_length=2000)]


class MarkIn(Input):
    """Points the appraiser gives one occurrence, where the letter leaves them to a person."""

    points: Figure
    reason: Note


class ObservationIn(Input):
    """What somebody measured, in exactly one shape, with the files that prove it."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "indicator": "sop.sampling.pass.rate",
                    "community_id": "01940000-0000-7000-8000-000000000001",
                    "on": "2025-03-07",
                    "numerator": 46,
                    "denominator": 50,
                    "sampled": 50,
                    "file_ids": ["01940000-0000-7000-8000-000000000003"],
                    "note": "三月抽检",
                }
            ]
        }
    }

    indicator: Annotated[str, Field(max_length=120)]
    community_id: UUID
    on: date = Field(description="The local date that decides the period")
    numerator: Figure | None = None
    denominator: Figure | None = None
    value: Figure | None = None
    count: Figure | None = None
    parts: Annotated[dict[Annotated[str, Field(max_length=80)], Figure], Field(max_length=200)] | None = None
    grade: Grade | None = None
    state: Literal["not_measured"] | None = None
    cases: Annotated[list[dict[str, Any]], Field(max_length=2000)] | None = Field(
        None,
        description="Records instead of a finished rate, where a rule says what they add up to, of the year until "
        "`on`: issues with `raised_at` and `solved_at`, core managers with `since` and `until`, high-rise points with "
        "`height_m`, `built_in` and `installed`. No names: only the sums are kept",
    )
    marks: Annotated[list[MarkIn], Field(max_length=100)] = Field(default_factory=list)
    sampled: Annotated[int, Field(ge=0, le=10_000_000)] | None = Field(None, description="How many were looked at")
    file_ids: Annotated[list[UUID], Field(min_length=1, max_length=20)] = Field(description="The evidence")
    note: Note | None = None


class ReviewIn(Input):
    """A second person's word on an observation; a rejection says why."""

    model_config = {"json_schema_extra": {"examples": [{"decision": "confirm", "note": "与抽检表一致"}]}}

    decision: Literal["confirm", "reject"]
    note: Note | None = None


class MarkOut(Output):
    """Points of one occurrence."""

    points: str
    reason: str


class ObservationOut(Output):
    """An observation. Only a confirmed one counts."""

    id: UUID
    version: int
    indicator: str
    community_id: UUID
    on: date
    reading: dict[str, Any] = Field(description="Exact; fractions as n/d")
    marks: list[MarkOut]
    case_id: UUID | None = Field(description="The ticket or survey that it was proposed from")
    sampled: int | None
    file_ids: list[UUID]
    note: str | None
    state: Literal["recorded", "confirmed", "rejected"]
    recorded_by: UUID
    recorded_at: UtcTime
    reviewed_by: UUID | None
    reviewed_at: UtcTime | None
    review_note: str | None
