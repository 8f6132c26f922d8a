"""What the inspections API takes and answers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.http.schemas import Input, LocalDate, Output, UtcTime

Kind = Literal["supervision", "investigation"]
State = Literal["open", "accepted", "concluded"]
Sentence = Annotated[str, Field(min_length=1, max_length=2000)]
Files = Annotated[list[UUID], Field(max_length=20)]


class EntryIn(Input):
    """What was found, answered or concluded, with its papers."""

    model_config = {"json_schema_extra": {"examples": [{"text": "抽查十份工单，三份缺少回访记录", "file_ids": []}]}}

    text: Sentence
    file_ids: Files = Field(default_factory=list)


class InspectionIn(EntryIn):
    """A check by another department, or an investigation of a special event by the company."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "kind": "supervision",
                    "community_id": "01940000-0000-7000-8000-000000000001",
                    "subject_id": "01940000-0000-7000-8000-00000000000a",
                    "department": "质检部",
                    "title": "三月份客服工单抽查",
                    "on": "2025-03-20",
                    "text": "抽查十份工单，三份缺少回访记录",
                }
            ]
        }
    }

    kind: Kind
    community_id: UUID
    subject_id: UUID = Field(description="The responsible person")
    department: Annotated[str, Field(min_length=1, max_length=80)]
    title: Annotated[str, Field(min_length=1, max_length=200)]
    on: LocalDate


class EntryOut(Output):
    """One entry of a case file."""

    id: UUID
    text: str
    file_ids: list[UUID]
    written_by: UUID
    written_at: UtcTime


class InspectionLineOut(Output):
    """An inspection in a list."""

    id: UUID
    version: int
    kind: Kind
    community_id: UUID
    subject_id: UUID
    department: str
    title: str
    on: date
    state: State
    opened_by: UUID
    closed_by: UUID | None
    closed_at: UtcTime | None


class InspectionOut(InspectionLineOut):
    """An inspection with its case file."""

    entries: list[EntryOut]
