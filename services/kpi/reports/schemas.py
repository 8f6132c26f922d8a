"""What reports and the duties to report take and answer."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from shared.http.schemas import Input, LocalDate, Output, Text, UtcTime

FormCode = Literal[
    "attendance",
    "plan_27",
    "plan_30",
    "plan_cs",
    "plan_training",
    "weekly",
    "monthly",
    "evaluation",
    "appraisal",
    "evaluation_quarter",
    "budget",
    "business_plan",
    "finance_review",
    "training_outline",
    "bonus_plan",
    "management",
    "to_superior",
    "customer_needs",
]
State = Literal["due", "missing", "submitted", "returned", "accepted", "waived"]
Sentence = Annotated[str, Field(min_length=1, max_length=2000)]


class RuleIn(Input):
    """When a report is due that the document leaves open; exactly one of `day`, `working_day`, `weekday`."""

    unit: Literal["week", "month", "quarter", "half", "year"]
    lag: Annotated[int, Field(ge=-1, le=1)] = Field(
        0, description="Due in the period itself (0), in the one after it (1), or before it, as plans are (-1)"
    )
    month: Annotated[int, Field(ge=-1, le=12)] = Field(1, description="Which month of the period; -1 is its last")
    day: Annotated[int, Field(ge=1, le=31)] | None = Field(None, description="31 is the last day of any month")
    working_day: Annotated[int, Field(ge=-23, le=23)] | None = Field(None, description="-1 is the last one")
    weekday: Annotated[int, Field(ge=0, le=6)] | None = Field(None, description="Of a week; 0 is Monday")


class DutyIn(Input):
    """A duty to report."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "community_id": "01940000-0000-7000-8000-000000000001",
                    "form": "management",
                    "responsible_id": "01940000-0000-7000-8000-00000000000a",
                    "receiver_id": "01940000-0000-7000-8000-00000000000b",
                    "since": "2025-03-01",
                    "rule": {"unit": "month", "lag": 0, "working_day": -1},
                }
            ]
        }
    }

    community_id: UUID
    form: FormCode
    responsible_id: UUID
    receiver_id: UUID = Field(description="Whose word it wants, and who is told when it is missing")
    since: LocalDate
    rule: RuleIn | None = Field(None, description="Only for a form whose day the document leaves open")
    remind_days: Annotated[int, Field(ge=0, le=30)] = Field(2, description="Days before, at nine in the morning")


class DutyEndIn(Input):
    """The last day on which a report is still owed."""

    model_config = {"json_schema_extra": {"examples": [{"until": "2025-12-31"}]}}

    until: LocalDate


class DutyOut(Output):
    """A duty to report."""

    id: UUID
    version: int
    community_id: UUID
    form: FormCode
    title: Text
    responsible_id: UUID
    receiver_id: UUID
    rule: dict[str, Any]
    remind_days: int
    since: date
    until: date | None


class ItemIn(Input):
    """One item of a plan: what, by whom, until when."""

    title: Annotated[str, Field(min_length=1, max_length=200)]
    assignee_id: UUID
    due_on: LocalDate


class SubmissionIn(Input):
    """A report or plan, with its paper, or in words; a plan with its items, each somebody's."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "text": "本周接待42次，投诉3件均已办结。",
                    "items": [
                        {
                            "title": "完成3号楼外墙渗水整改",
                            "assignee_id": "01940000-0000-7000-8000-00000000000a",
                            "due_on": "2025-03-14",
                        }
                    ],
                }
            ]
        }
    }

    text: Annotated[str, Field(min_length=1, max_length=20000)] | None = None
    figures: Annotated[
        dict[Annotated[str, Field(max_length=40)], Annotated[str, Field(min_length=1, max_length=200)]],
        Field(max_length=40),
    ] = Field(default_factory=dict)
    items: Annotated[list[ItemIn], Field(max_length=200)] = Field(default_factory=list)
    file_ids: Annotated[list[UUID], Field(max_length=20)] = Field(default_factory=list)


class ReportVerdictIn(Input):
    """The receiver's word; what is returned says why."""

    model_config = {"json_schema_extra": {"examples": [{"decision": "accept"}]}}

    decision: Literal["accept", "return"]
    note: Sentence | None = None


class ItemOut(Output):
    """One item of a plan."""

    title: str
    assignee_id: UUID
    due_on: date


class ReportOut(Output):
    """A report that is owed, or was handed in."""

    id: UUID
    version: int
    duty_id: UUID
    community_id: UUID
    form: FormCode
    title: Text
    responsible_id: UUID
    receiver_id: UUID
    period: str
    due_on: date
    state: State
    on_time: bool | None = Field(description="Null while neither handed in nor over")
    submitted_at: UtcTime | None = Field(description="The first time")
    text: str | None
    figures: dict[str, str]
    items: list[ItemOut]
    file_ids: list[UUID]
    judged_by: UUID | None
    judged_at: UtcTime | None
    judgement: str | None
