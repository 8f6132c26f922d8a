"""What goes in and out of ``/ticketing/v1/approvals``."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.ticketing.approvals.subjects import SUBJECTS
from shared.auth import STAFF
from shared.http.schemas import Input, MoneyModel, Output, UtcTime

Reason = Annotated[str, Field(min_length=1, max_length=1000)]
State = Literal["pending", "returned", "approved", "refused", "expired", "withdrawn"]
Role = Annotated[str, Field(max_length=40, json_schema_extra={"enum": sorted(STAFF)})]
SubjectKind = Annotated[str, Field(max_length=40, json_schema_extra={"enum": sorted(SUBJECTS)})]


class AskIn(Input):
    """A request for approval; ``amount`` where the kind asks for money."""

    subject_kind: SubjectKind
    subject_id: UUID
    amount: MoneyModel | None = None
    reason: Reason

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "subject_kind": "expenditure",
                    "subject_id": "01955a3e-7c00-7000-8000-000000000001",
                    "amount": {"amount": "50000.00", "currency": "CNY"},
                    "reason": "更换水泵，三家报价中最低",
                }
            ]
        }
    }


class DecideIn(Input):
    """A decision; a refusal and a return want a reason."""

    reason: Reason | None = None

    model_config = {"json_schema_extra": {"examples": [{"reason": "同意"}]}}


class AgainIn(Input):
    """A request asked again, changed as it was told."""

    amount: MoneyModel | None = None
    reason: Reason

    model_config = {
        "json_schema_extra": {
            "examples": [{"amount": {"amount": "48000.00", "currency": "CNY"}, "reason": "已与供应商议价"}]
        }
    }


class DelegateIn(Input):
    """Who is to decide the present step instead."""

    to: UUID
    reason: Reason

    model_config = {
        "json_schema_extra": {"examples": [{"to": "01955a3e-7c00-7000-8000-000000000009", "reason": "出差"}]}
    }


class RungIn(Input):
    """A rung: whoever holds one of the roles, from this amount on, the amount included."""

    roles: Annotated[list[Role], Field(min_length=1, max_length=10)]
    from_amount: MoneyModel = MoneyModel(amount="0.00")
    strict: Annotated[bool, Field(description="Decided by these roles only, even when delegated")] = False


class LadderIn(Input):
    """The ladder of an org unit and all below it that have none of their own."""

    org_unit_id: UUID
    subject_kind: SubjectKind
    rungs: Annotated[list[RungIn], Field(min_length=1, max_length=10)]

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "org_unit_id": "01955a3e-7c00-7000-8000-000000000003",
                    "subject_kind": "expenditure",
                    "rungs": [
                        {"roles": ["project_manager"]},
                        {"roles": ["gm"], "from_amount": {"amount": "20000.00", "currency": "CNY"}, "strict": True},
                    ],
                }
            ]
        }
    }


class RungOut(Output):
    """A rung of a ladder."""

    roles: list[str]
    from_amount: MoneyModel
    strict: bool


class LadderOut(Output):
    """An org unit's own ladder."""

    org_unit_id: UUID
    subject_kind: str
    rungs: list[RungOut]


class StepOut(Output):
    """A step of a request's chain."""

    roles: list[str]
    strict: bool
    holder: UUID | None = Field(description="To whom it was delegated")
    decided_by: UUID | None
    decided_for: UUID | None = Field(description="By whose standing delegation")


class ApprovalEntryOut(Output):
    """A line of a request's history."""

    action: str
    step: int
    actor_id: UUID | None
    to_id: UUID | None
    reason: str | None
    at: UtcTime


class ApprovalOut(Output):
    """A request; ``step`` is the step of ``chain`` (from 0) that is to be decided."""

    id: UUID
    version: int
    number: str
    subject_kind: str
    subject_id: UUID
    community_id: UUID | None
    amount: MoneyModel | None
    reason: str
    asked_by: UUID
    state: State
    step: int
    chain: list[StepOut]
    expires_at: UtcTime
    decided_at: UtcTime | None
    created_at: UtcTime


class ApprovalWithHistoryOut(ApprovalOut):
    """A request with its history."""

    entries: list[ApprovalEntryOut]
