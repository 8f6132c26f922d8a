"""What the letters API takes and answers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from shared.http.schemas import Input, Output, Text, UtcTime


class LetterIn(Input):
    """A letter to be signed: whose it is, for which community and term, with which readings."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "template": "T003S",
                    "community_id": "01940000-0000-7000-8000-000000000001",
                    "subject_id": "01940000-0000-7000-8000-000000000002",
                    "term": "2025",
                    "parameters": {"partial_policy": "linear"},
                }
            ]
        }
    }

    template: Annotated[str, Field(max_length=20)]
    community_id: UUID
    org_unit_id: UUID | None = None
    subject_id: UUID = Field(description="The person of the register whose letter it is")
    term: Annotated[str, Field(max_length=10)] | None = Field(None, description="2025; or give `period`")
    period: Annotated[str, Field(max_length=10)] | None = Field(None, description="A letter of one period only")
    parent_id: UUID | None = Field(None, description="The letter above, whose targets this one breaks down")
    parameters: dict[Annotated[str, Field(max_length=60)], Any] = Field(default_factory=dict)


class LetterOut(Output):
    """A letter as signed."""

    id: UUID
    version: int
    template: str
    template_version: int
    title: Text
    community_id: UUID
    org_unit_id: UUID | None
    subject_id: UUID
    term: str
    parent_id: UUID | None
    state: str = Field(description="draft, effective, expired, void")
    effective_on: date | None
    hash: str | None = Field(description="What signatures bind to")
    parameters: dict[str, str | None]
    created_at: UtcTime
