"""What the policy register takes and answers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.http.schemas import Input, LocalDate, Output, UtcTime

Area = Literal["cs", "engineering", "order", "environment", "appraisal", "risk"]
#: Beside the areas of the company's own rules: laws and standards that others make and it has to keep.
Kept = Literal["cs", "engineering", "order", "environment", "appraisal", "risk", "law"]
Sentence = Annotated[str, Field(min_length=1, max_length=2000)]


class PolicyIn(Input):
    """A document to keep: rules, procedures, norms of one area, or a law or standard that others make."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "community_id": "01940000-0000-7000-8000-000000000001",
                    "code": "KF-03",
                    "title": "投诉处理管理规定",
                    "area": "cs",
                    "owner_id": "01940000-0000-7000-8000-00000000000a",
                }
            ]
        }
    }

    community_id: UUID
    code: Annotated[str, Field(min_length=1, max_length=40)]
    title: Annotated[str, Field(min_length=1, max_length=200)]
    area: Kept
    owner_id: UUID = Field(description="Who keeps it up to date")


class EditionIn(Input):
    """A new edition, submitted for approval."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "change": "增加网络投诉处理时限",
                    "file_ids": ["01940000-0000-7000-8000-000000000003"],
                    "next_update_on": "2025-12-31",
                }
            ]
        }
    }

    change: Sentence
    file_ids: Annotated[list[UUID], Field(min_length=1, max_length=20)]
    next_update_on: LocalDate | None = Field(None, description="By which day it is to be brought up to date again")


class EditionDecisionIn(Input):
    """The word on an edition; a refusal says why."""

    model_config = {"json_schema_extra": {"examples": [{"decision": "approve"}]}}

    decision: Literal["approve", "refuse"]
    note: Sentence | None = None


class ReadingIn(Input):
    """Which edition one has read."""

    model_config = {"json_schema_extra": {"examples": [{"edition": 2}]}}

    edition: Annotated[int, Field(ge=1, le=10000)]


class PolicyOut(Output):
    """A document of the register."""

    id: UUID
    version: int
    community_id: UUID
    code: str
    title: str
    area: Kept
    owner_id: UUID
    edition: int = Field(description="The one in force; 0 before the first is approved")
    update_due_on: date | None


class EditionOut(Output):
    """One edition."""

    edition: int
    change: str
    file_ids: list[UUID]
    state: Literal["submitted", "issued", "refused"]
    submitted_by: UUID
    next_update_on: date | None
    decided_by: UUID | None
    decided_at: UtcTime | None
    decision: str | None
    readers: int = Field(description="How many confirmed that they read it")


class PolicyDetailOut(Output):
    """A document with its editions."""

    policy: PolicyOut
    editions: list[EditionOut]


class ReaderOut(Output):
    """Who confirmed that they read the edition in force."""

    person_id: UUID
    read_at: UtcTime


class ReadersOut(Output):
    """All who confirmed."""

    edition: int
    readers: list[ReaderOut]


class AreaOut(Output):
    """One area of work: whether it is covered, and up to date."""

    area: Area
    in_force: int
    overdue: int


class AreasOut(Output):
    """All areas of a community."""

    community_id: UUID
    areas: list[AreaOut]
