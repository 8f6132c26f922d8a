"""What the objections API takes and answers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.http.schemas import Input, Output, UtcTime

Sentence = Annotated[str, Field(min_length=1, max_length=2000)]


class ObjectionIn(Input):
    """An objection against one case behind a number, with its evidence."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "fact_id": "01940000-0000-7000-8000-000000000004",
                    "reason": "业主预约在次日，系统误计超时",
                    "file_ids": ["01940000-0000-7000-8000-000000000003"],
                }
            ]
        }
    }

    fact_id: UUID = Field(description="The case as the evidence of a scorecard or the cases feed names it")
    reason: Sentence
    file_ids: Annotated[list[UUID], Field(min_length=1, max_length=20)] = Field(description="The evidence")


class ObjectionDecisionIn(Input):
    """The word on an objection, with its grounds."""

    model_config = {
        "json_schema_extra": {"examples": [{"decision": "uphold", "reason": "录音证实业主另约时间，此件不计超时"}]}
    }

    decision: Literal["uphold", "refuse"]
    reason: Sentence
    file_ids: Annotated[list[UUID], Field(max_length=20)] = Field(default_factory=list)


class ObjectionOut(Output):
    """An objection and, once decided, what it changed."""

    id: UUID
    version: int
    indicator: str
    subject: str
    fact_id: UUID
    community_id: UUID
    on: date
    reason: str
    file_ids: list[UUID]
    state: Literal["open", "upheld", "refused"]
    raised_by: UUID
    created_at: UtcTime
    decided_by: UUID | None
    decided_at: UtcTime | None
    decision: str | None
    decision_file_ids: list[UUID]
    restated: list[UUID] = Field(description="The scorecards that restate what the decision changed")
