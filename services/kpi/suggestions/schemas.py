"""What suggestions take and answer."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.http.schemas import Input, LocalDate, Output, UtcTime

Sentence = Annotated[str, Field(min_length=1, max_length=2000)]
State = Literal["made", "adopted", "refused", "effective"]


class SuggestionIn(Input):
    """What an employee suggests."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "community_id": "01940000-0000-7000-8000-000000000001",
                    "title": "前台增设自助登记",
                    "detail": "访客高峰排队，建议在前台加一台自助登记机。",
                    "expected": "高峰等候由十分钟减到两分钟",
                }
            ]
        }
    }

    community_id: UUID
    title: Annotated[str, Field(min_length=1, max_length=200)]
    detail: Annotated[str, Field(min_length=1, max_length=5000)]
    expected: Sentence | None = None


class SuggestionDecisionIn(Input):
    """Adopted or not, with the reason."""

    model_config = {"json_schema_extra": {"examples": [{"decision": "adopt", "note": "四月起试行"}]}}

    decision: Literal["adopt", "refuse"]
    note: Sentence


class EffectIn(Input):
    """What an adopted suggestion brought, seen by somebody else, with the evidence."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "effective_on": "2025-03-28",
                    "effect": "高峰等候平均两分钟",
                    "file_ids": ["01940000-0000-7000-8000-000000000003"],
                }
            ]
        }
    }

    effective_on: LocalDate
    effect: Sentence
    file_ids: Annotated[list[UUID], Field(min_length=1, max_length=20)]


class SuggestionOut(Output):
    """A suggestion."""

    id: UUID
    version: int
    number: str
    community_id: UUID
    suggested_by: UUID
    suggested_on: date
    title: str
    detail: str
    expected: str | None
    state: State
    decided_by: UUID | None
    decided_at: UtcTime | None
    decision: str | None
    effective_on: date | None
    effect: str | None
    effect_by: UUID | None
    file_ids: list[UUID]
