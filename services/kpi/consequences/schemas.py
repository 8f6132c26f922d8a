"""What the consequences API takes and answers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.http.schemas import Input, LocalDate, MoneyModel, Output, Text, UtcTime

Sentence = Annotated[str, Field(min_length=1, max_length=2000)]
Files = Annotated[list[UUID], Field(max_length=20)]
Kind = Literal[
    "penalty",
    "reward",
    "bonus",
    "withhold_pay",
    "accountability",
    "measure",
    "learning",
    "improvement_plan",
    "legal",
]
State = Literal["proposed", "approved", "refused", "executed", "archived", "withdrawn"]


class ProposalIn(Input):
    """What somebody proposes on a scorecard, besides what its letter concludes by itself."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "scorecard_id": "01940000-0000-7000-8000-000000000001",
                    "kind": "reward",
                    "amount": {"amount": "500.00", "currency": "CNY"},
                    "reason": "连续两季度投诉处理满意率第一",
                }
            ]
        }
    }

    scorecard_id: UUID
    kind: Kind
    amount: MoneyModel | None = None
    reason: Sentence


class ConsequenceDecisionIn(Input):
    """The word on a proposal."""

    model_config = {"json_schema_extra": {"examples": [{"decision": "approve", "reason": "事实清楚，依责任书第五条"}]}}

    decision: Literal["approve", "refuse"]
    reason: Sentence


class ExecutionIn(Input):
    """What was done about it, outside: the system carries nothing out."""

    model_config = {"json_schema_extra": {"examples": [{"on": "2025-04-20", "note": "已随四月工资发放"}]}}

    on: LocalDate
    note: Sentence
    file_ids: Files = Field(default_factory=list)


class ConsequenceRecord(Output):
    """A consequence from its proposal to the file it is kept in."""

    id: UUID
    version: int
    scorecard_id: UUID
    letter_id: UUID
    community_id: UUID
    subject_id: UUID
    period: str
    kind: str
    rule: Text = Field(description="The sentence of the letter that led to it")
    indicators: list[str]
    amount: MoneyModel | None
    state: State
    proposed_by: UUID | None = Field(description="None where the letter's own rule proposed it")
    reason: str | None
    created_at: UtcTime
    decided_by: UUID | None
    decided_at: UtcTime | None
    decision: str | None
    done_on: date | None
    done_note: str | None
    file_ids: list[UUID]
