"""What the task register takes and answers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.http.schemas import Input, LocalDate, Output, UtcTime

Kind = Literal[
    "important", "plan", "weekly", "training", "butler", "assigned", "meeting", "improvement", "publicity", "renewal"
]
State = Literal["proposed", "open", "reported", "done", "refused", "cancelled"]
Title = Annotated[str, Field(min_length=1, max_length=200)]
Sentence = Annotated[str, Field(min_length=1, max_length=2000)]
Evidence = Annotated[list[UUID], Field(min_length=1, max_length=20)]


class TaskIn(Input):
    """A task to give to somebody."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "community_id": "01940000-0000-7000-8000-000000000001",
                    "kind": "important",
                    "title": "完成3号楼外墙渗水整改",
                    "assignee_id": "01940000-0000-7000-8000-00000000000a",
                    "due_on": "2025-03-14",
                }
            ]
        }
    }

    community_id: UUID
    kind: Kind
    title: Title
    detail: Sentence | None = None
    assignee_id: UUID
    due_on: LocalDate = Field(description="Done in time until its last second, local time")
    needs_approval: bool = Field(False, description="Waits for the company's approval before anybody begins")


class ProgressIn(Input):
    """How far the assignee is."""

    model_config = {"json_schema_extra": {"examples": [{"progress": 60, "note": "已完成放线，明日进场"}]}}

    progress: Annotated[int, Field(ge=0, le=100)]
    note: Sentence | None = None


class TaskReportIn(Input):
    """The assignee's word that it is done, with what proves it."""

    model_config = {
        "json_schema_extra": {
            "examples": [{"note": "整改完成，附验收照片", "file_ids": ["01940000-0000-7000-8000-000000000003"]}]
        }
    }

    note: Sentence | None = None
    file_ids: Evidence = Field(description="The evidence")


class TaskVerdictIn(Input):
    """A superior's word on what was reported; what is returned says why."""

    model_config = {"json_schema_extra": {"examples": [{"decision": "confirm", "note": "现场复核通过"}]}}

    decision: Literal["confirm", "return"]
    note: Sentence | None = None


class ExtensionIn(Input):
    """A later day, asked for with the reason."""

    model_config = {"json_schema_extra": {"examples": [{"due_on": "2025-03-21", "reason": "材料到货推迟"}]}}

    due_on: LocalDate
    reason: Sentence


class ApprovalIn(Input):
    """A decision, with its reason where it is a refusal."""

    model_config = {"json_schema_extra": {"examples": [{"decision": "approve", "note": "同意"}]}}

    decision: Literal["approve", "refuse"]
    note: Sentence | None = None


class CancellationIn(Input):
    """Why a task is no longer wanted."""

    model_config = {"json_schema_extra": {"examples": [{"reason": "业主已自行处理"}]}}

    reason: Sentence


class TaskOut(Output):
    """A task of the register."""

    id: UUID
    version: int
    number: str
    community_id: UUID
    kind: Kind
    title: str
    detail: str | None
    assignee_id: UUID
    superior_id: UUID
    due_on: date
    state: State
    progress: int
    overdue: bool = Field(description="Its day is over and it was not reported done by then")
    origin: str = Field(description="`manual`, `plan` (an approved plan's item) or `meeting` (a decision)")
    origin_id: UUID | None
    reported_at: UtcTime | None
    file_ids: list[UUID]
    closed_by: UUID | None
    closed_at: UtcTime | None
    asked_due_on: date | None = Field(description="An extension that waits for its decision")
    asked_reason: str | None
    created_at: UtcTime


class TaskStepOut(Output):
    """One step of a task's history."""

    step: str
    actor_id: UUID | None
    at: UtcTime
    note: str | None
    progress: int | None
    due_on: date | None
    file_ids: list[UUID]


class TaskDetailOut(Output):
    """A task with its history."""

    task: TaskOut
    steps: list[TaskStepOut]


class TaskStatisticsOut(Output):
    """Of one kind in a month: what was due and how it went (E-060)."""

    kind: Kind
    title_zh: str
    title_en: str
    due: int
    done: int
    done_in_time: int
    done_late: int
    open: int
    overdue: int
    cancelled: int
    completion: str | None = Field(description="Percent, two decimals; null where nothing was due")


class TaskMonthOut(Output):
    """The tracking statistics of a community and a month."""

    community_id: UUID
    month: str
    kinds: list[TaskStatisticsOut]
