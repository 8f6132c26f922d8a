"""What approvals look like on the wire."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.http.schemas import Input, MoneyModel, Output, UtcTime

State = Literal["pending", "returned", "approved", "refused", "expired", "withdrawn"]


class DecisionIn(Input):
    """A decision; a refusal wants a reason."""

    reason: Annotated[str, Field(min_length=1, max_length=1000)] | None = None

    model_config = {"json_schema_extra": {"examples": [{"reason": "情况属实，同意"}]}}


class ApprovalOut(Output):
    """A request: what it is about, how much, who asked, and which of how many steps waits (from 0)."""

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
    steps: int
    roles: list[str]
    expires_at: UtcTime
    decided_at: UtcTime | None
    created_at: UtcTime
