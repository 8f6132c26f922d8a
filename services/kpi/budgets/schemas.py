"""What budgets take and answer."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.http.schemas import Input, MoneyModel, Month, Output, UtcTime

Level = Literal["department", "project"]
Kind = Literal["annual", "special"]
State = Literal["submitted", "approved", "refused"]
Year = Annotated[int, Field(ge=1900, le=2199)]
Category = Annotated[str, Field(min_length=1, max_length=40, examples=["人工费"])]
Sentence = Annotated[str, Field(min_length=1, max_length=2000)]


class BudgetLineIn(Input):
    """What is asked for of a category in a month."""

    category: Category
    month: Month
    amount: MoneyModel


class BudgetIn(Input):
    """The budget of a year, or an application for special funds."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "community_id": "01940000-0000-7000-8000-000000000001",
                    "level": "department",
                    "year": 2026,
                    "kind": "annual",
                    "title": "2026年客服部预算",
                    "lines": [{"category": "人工费", "month": "2026-01", "amount": {"amount": "82000.00"}}],
                }
            ]
        }
    }

    community_id: UUID
    level: Level = Field(description="The department's own, or the whole project's")
    year: Year
    kind: Kind = "annual"
    title: Annotated[str, Field(min_length=1, max_length=200)]
    reason: Sentence | None = Field(None, description="What special funds are for")
    lines: Annotated[list[BudgetLineIn], Field(min_length=1, max_length=1200)]
    file_ids: Annotated[list[UUID], Field(max_length=20)] = Field(default_factory=list)


class BudgetDecisionIn(Input):
    """The word on a budget; a refusal says why."""

    model_config = {"json_schema_extra": {"examples": [{"decision": "approve"}]}}

    decision: Literal["approve", "refuse"]
    note: Sentence | None = None


class ActualIn(Input):
    """What was spent of a category in a month, with its voucher; another one corrects it."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "community_id": "01940000-0000-7000-8000-000000000001",
                    "level": "department",
                    "category": "人工费",
                    "month": "2026-01",
                    "amount": {"amount": "81200.00"},
                    "file_ids": ["01940000-0000-7000-8000-000000000003"],
                }
            ]
        }
    }

    community_id: UUID
    level: Level
    category: Category
    month: Month
    amount: MoneyModel
    file_ids: Annotated[list[UUID], Field(min_length=1, max_length=20)] = Field(description="The vouchers")
    note: Sentence | None = None


class BudgetLineOut(Output):
    """What was asked for of a category in a month."""

    category: str
    month: str
    amount: MoneyModel


class BudgetOut(Output):
    """A budget, without its lines."""

    id: UUID
    version: int
    community_id: UUID
    level: Level
    year: int
    kind: Kind
    title: str
    reason: str | None
    state: State
    submitted_by: UUID
    total: MoneyModel
    file_ids: list[UUID]
    decided_by: UUID | None
    decided_at: UtcTime | None
    decision: str | None


class BudgetDetailOut(Output):
    """A budget with its lines."""

    budget: BudgetOut
    lines: list[BudgetLineOut]


class VarianceOut(Output):
    """Budget against actual of a category and month; the total has `*` for both."""

    category: str
    month: str
    budget: MoneyModel
    actual: MoneyModel | None = Field(description="Null while nobody reported it")
    difference: MoneyModel | None = Field(description="Spent more than approved; negative: less")
    percent: str | None = Field(description="The difference of the budget, two decimals")


class VariancesOut(Output):
    """The report: every line, and the total over the months that were reported."""

    community_id: UUID
    level: Level
    year: int
    lines: list[VarianceOut]
    total: VarianceOut


class ActualOut(Output):
    """What was spent of a category in a month."""

    id: UUID
    version: int
    community_id: UUID
    level: Level
    category: str
    month: str
    amount: MoneyModel
